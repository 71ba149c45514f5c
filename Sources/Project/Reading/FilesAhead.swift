import Dispatch
import Synchronization

/// Reads many SQL files and their front matter on all cores: in a project of thousands of files that is most of the
/// time that reading takes.
enum FilesAhead {
    struct File: Sendable {
        /// The absolute path.
        var path: String
        var source: SourceFile
        var frontMatter: FrontMatter.Content
    }

    /// Files that one core reads at a time: enough that the cores seldom wait for each other.
    private static let batch = 64

    /// The files that can be read, in any order; the others are left for the reader to report. `paths` are absolute,
    /// each with the path to show.
    static func read(_ paths: [(path: String, shown: String)], _ files: any ProjectFiles) -> [File] {
        guard paths.count > batch else { return [] }
        let results = Mutex<[File]>([])
        DispatchQueue.concurrentPerform(iterations: (paths.count + batch - 1) / batch) { index in
            let range = (index * batch)..<min((index + 1) * batch, paths.count)
            let found = paths[range].compactMap { path, shown -> File? in
                guard let text = try? ReadingContext.text(path, files) else { return nil }
                let source = SourceFile(path: shown, text: text)
                return File(path: path, source: source, frontMatter: FrontMatter.read(source))
            }
            results.withLock { $0 += found }
        }
        return results.withLock { $0 }
    }
}
