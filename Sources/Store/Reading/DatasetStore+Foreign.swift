package import DeltaLog
import ObjectStore
import Project

/// Tables that are none of the store's.
extension DatasetStore {
    /// One version of a Delta table anywhere; nil is the newest.
    ///
    /// - Parameters:
    ///   - place: the absolute path or the URL of the table's folder.
    ///   - version: its version.
    ///   - predicate: files in which no row can satisfy it are left out.
    /// - Returns: the version's columns and files; the table's name is made from that of its folder.
    /// - Throws: `noTable`, `notATable`, `noSuchVersion`, `expiredVersion`, `newerProtocol`, `gap`, `corruptLog`,
    ///   `missingFile`.
    package func snapshot(
        ofTableAt place: String, version: Int? = nil, matching predicate: FilePredicate? = nil
    ) async throws(StoreError) -> TableSnapshot {
        try await snapshot(of: try foreignTable(place), at: version, matching: predicate)
    }

    /// The newest version of a Delta table anywhere; nil when there is none.
    ///
    /// - Parameter place: the absolute path or the URL of the table's folder.
    package func head(ofTableAt place: String) async throws(StoreError) -> TableHead? {
        try await head(of: try foreignTable(place))
    }

    /// The newest version of each of these tables that has one, by its place.
    ///
    /// - Throws: the first table's error, in the order of the places.
    package func heads(ofTablesAt places: [String]) async throws(StoreError) -> [String: TableHead] {
        let heads = try await concurrently(places) { (place) throws(StoreError) in
            try await self.head(ofTableAt: place)
        }
        var found: [String: TableHead] = [:]
        for (place, head) in zip(places, heads) { found[place] = head }
        return found
    }

    /// A table by its place.
    ///
    /// - Throws: `noTable` when that is no place that can be read.
    func foreignTable(_ place: String) throws(StoreError) -> TableFolder {
        var place = place
        while place.utf8.count > 1, place.hasSuffix("/") { place.removeLast() }
        let found: (any ObjectStore)?
        do {
            found = try elsewhere(place)
        } catch let error as ObjectStoreError {
            throw StoreError(error, dataset: nil)
        } catch {
            throw StoreError(.noTable, path: place, message: "the table's place cannot be opened: \(error)")
        }
        guard let found else {
            throw StoreError(
                .noTable, path: place, message: "there is no way to read a table there",
                hint: "Name a folder, or an s3:// URL.")
        }
        return try TableFolder(foreign: place, in: found)
    }
}
