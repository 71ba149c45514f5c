import ObjectStore
import Project

extension DatasetStore {
    /// Does the same for each element, several at a time.
    ///
    /// - Returns: the results in the order of the elements.
    /// - Throws: the error of the first element that has one.
    func concurrently<Element: Sendable, R: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async throws(StoreError) -> R
    ) async throws(StoreError) -> [R] {
        let results = await withTaskGroup(of: (Int, Result<R, StoreError>).self) { group in
            var results: [Result<R, StoreError>?] = Array(repeating: nil, count: elements.count)
            var next = 0
            func begin(_ group: inout TaskGroup<(Int, Result<R, StoreError>)>) {
                let index = next
                let element = elements[index]
                next += 1
                group.addTask { (index, await Self.result { () throws(StoreError) in try await body(element) }) }
            }
            while next < min(Self.filesAtOnce, elements.count) { begin(&group) }
            while let (index, result) = await group.next() {
                results[index] = result
                if next < elements.count { begin(&group) }
            }
            return results
        }
        var values: [R] = []
        values.reserveCapacity(results.count)
        for case let result? in results { values.append(try result.get()) }
        return values
    }

    /// Does the same for each element, several at a time.
    func forEach<Element: Sendable>(_ elements: [Element], _ body: @escaping @Sendable (Element) async -> Void) async {
        _ = try? await concurrently(elements) { (element) throws(StoreError) in await body(element) }
    }

    /// What an object store does, with its error as one of this store's.
    func translated<R>(
        for dataset: DatasetName, _ body: () async throws(ObjectStoreError) -> R
    ) async throws(StoreError) -> R {
        do {
            return try await body()
        } catch {
            throw StoreError(error, dataset: dataset)
        }
    }

    /// What is known of an object; nil when there is none.
    func entry(of path: ObjectPath, in table: TableFolder) async throws(StoreError) -> ObjectEntry? {
        do {
            return try await table.objects.head(path)
        } catch {
            guard error.code == .notFound else { throw StoreError(error, dataset: table.name) }
            return nil
        }
    }

    /// What a function gives, with its error as a value.
    func attempt<R>(_ body: () async throws(StoreError) -> R) async -> Result<R, StoreError> {
        await Self.result(body)
    }

    private static func result<R>(_ body: () async throws(StoreError) -> R) async -> Result<R, StoreError> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
