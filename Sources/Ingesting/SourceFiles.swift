import Foundation
package import Project

/// The files that an ingest reads, as they are now.
package struct SourceFiles: Sendable, Equatable {
    package struct File: Sendable, Equatable {
        /// Absolute.
        package var path: String
        /// In bytes.
        package var size: Int
        /// The time of the last change in nanoseconds since 1970.
        package var modified: Int
    }

    /// In the order of their paths, each once.
    package var files: [File]
    /// The project's folder: paths inside it count from there, so that a project can be moved.
    private var root: String

    /// Looks the patterns up. A pattern that matches nothing, or what cannot be read, is a diagnostic.
    package static func find(_ ingest: Ingest, of dataset: DatasetName, in root: String) -> (SourceFiles, [Diagnostic])
    {
        var found: [String: File] = [:]
        var diagnostics: [Diagnostic] = []
        for pattern in ingest.files {
            var absolute = pattern.value.hasPrefix("/") ? pattern.value : root + "/" + pattern.value
            // Which partitions the names tell is found out afterwards (`PartitionedFiles`).
            absolute = absolute.replacing(Ingest.partitionPlaceholder, with: "*")
            let paths = Glob.isPattern(absolute) ? Glob(absolute).matches(in: DiskFiles()) : existing(absolute)
            if paths.isEmpty { diagnostics.append(nothing(pattern, absolute: absolute)) }
            for path in paths {
                do throws(Diagnostic) {
                    found[path] = try file(at: path, pattern)
                } catch {
                    diagnostics.append(error)
                }
            }
        }
        return (SourceFiles(files: found.values.sorted { $0.path < $1.path }, root: root), diagnostics)
    }

    private static func file(at path: String, _ pattern: Located<String>) throws(Diagnostic) -> File {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .error("cannot look at '\(path)': \(String(cString: strerror(errno)))", at: pattern.span)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw .error(
                "'\(pattern.value)' is a folder, not a file", at: pattern.span,
                hint: "name its files: \(pattern.value.hasSuffix("/") ? pattern.value : pattern.value + "/")*")
        }
        guard access(path, R_OK) == 0 else {
            throw .error(
                "no permission to read '\(path)'", at: pattern.span, hint: "chmod u+r '\(path)', or run as its owner")
        }
        return File(
            path: path, size: Int(status.st_size),
            modified: Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec))
    }

    private static func existing(_ path: String) -> [String] {
        var status = stat()
        return stat(path, &status) == 0 ? [path] : []
    }

    private static func nothing(_ pattern: Located<String>, absolute: String) -> Diagnostic {
        let isGlob = Glob.isPattern(absolute)
        let folder = absolute.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let name = String(absolute.split(separator: "/").last ?? "")
        var hint = "paths are relative to the folder of millrace.yaml"
        if !Glob.isPattern(folder) {
            if let entries = try? DiskFiles().list(folder.isEmpty ? "/" : folder).map(\.name) {
                if let near = Spelling.nearest(to: name, among: entries) {
                    hint = "did you mean '\(near)'?"
                } else if entries.isEmpty {
                    hint = "the folder '\(folder)' is empty"
                } else {
                    hint =
                        "the folder has " + entries.prefix(5).joined(separator: ", ") + (entries.count > 5 ? ", …" : "")
                }
            } else {
                hint = "there is no folder '\(folder)'; \(hint)"
            }
        }
        return .error(
            isGlob ? "no file matches '\(pattern.value)'" : "there is no file '\(pattern.value)'", at: pattern.span,
            hint: hint)
    }

    /// How the store remembers a file: its path from the project's folder, or the absolute one of a file elsewhere.
    package func name(of file: File) -> String {
        file.path.hasPrefix(root + "/") ? String(file.path.dropFirst(root.count + 1)) : file.path
    }

    /// Those of the files that `isWanted`.
    package func filter(_ isWanted: (File) -> Bool) -> SourceFiles {
        SourceFiles(files: files.filter(isWanted), root: root)
    }

    /// Makes sure that nobody wrote to the files while they were read.
    /// - Throws: a `Diagnostic` that names the first that differs.
    package func checkUnchanged(of dataset: Dataset) throws(Diagnostic) {
        guard let pattern = dataset.step.ingest?.files.first else { return }
        for file in files where try Self.file(at: file.path, pattern) != file {
            throw .error(
                "'\(name(of: file))' changed while it was read; nothing was published", at: pattern.span,
                hint: "move files into the folder when they are complete, then run again")
        }
    }

    /// What a version records of them.
    package var summary: SourceSet {
        var digest = Fingerprint.Builder()
        for file in files {
            digest.add(name(of: file))
            digest.add(String(file.size))
            digest.add(String(file.modified))
        }
        return SourceSet(files: files.count, bytes: files.reduce(0) { $0 + $1.size }, digest: digest.finish())
    }
}
