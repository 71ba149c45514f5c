/// The files `datasets/NAME.sql`, each of which makes a dataset without an entry.
struct BareFiles {
    /// Absolute paths by the name that each file stands for.
    let paths: [String: String]
    let sorted: [(name: String, path: String)]

    init(_ context: ReadingContext) {
        let folder = context.root + "/datasets"
        var found: [(name: String, path: String)] = []
        do {
            for entry in try context.files.list(folder) where !entry.isFolder && !entry.name.hasPrefix(".") {
                guard entry.name.lowercased().hasSuffix(".sql") else { continue }
                found.append((String(entry.name.dropLast(4)), folder + "/" + entry.name))
            }
        } catch ProjectFileError.missing {
            // A project without SQL files.
        } catch {
            context.error("the folder 'datasets' cannot be read: \(error.reason)", at: .wholeFile("datasets"))
        }
        sorted = found
        paths = Dictionary(found.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first })
    }
}
