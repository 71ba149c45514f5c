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
    package let files: [File]
    /// The project's folder: paths inside it count from there, so that a project can be moved.
    private let root: String
    /// What a version records of them.
    package let summary: SourceSet

    private init(files: [File], root: String) {
        self.files = files
        self.root = root
        summary = Self.summary(of: files, in: root)
    }

    /// Looks the patterns up. A pattern that matches nothing, or what cannot be read, is a diagnostic.
    package static func find(_ ingest: Ingest, of dataset: DatasetName, in root: String) -> (SourceFiles, [Diagnostic])
    {
        var found: [File] = []
        var diagnostics: [Diagnostic] = []
        for pattern in ingest.files {
            var absolute = pattern.value.hasPrefix("/") ? pattern.value : root + "/" + pattern.value
            // Which partitions the names tell is found out afterwards (`PartitionedFiles`).
            absolute = absolute.replacing(Ingest.partitionPlaceholder, with: "*")
            let paths = Glob.isPattern(absolute) ? Glob(absolute).matches(in: DiskFiles()) : existing(absolute)
            if paths.isEmpty { diagnostics.append(nothing(pattern, absolute: absolute)) }
            found.reserveCapacity(found.count + paths.count)
            for path in paths {
                do throws(Diagnostic) {
                    found.append(try file(at: path, pattern))
                } catch {
                    diagnostics.append(error)
                }
            }
        }
        found.sort { $0.path < $1.path }
        if found.count > 1 {
            // Several patterns may match one file.
            var last = 0
            for index in 1..<found.count where found[index].path != found[last].path {
                last += 1
                if last != index { found[last] = found[index] }
            }
            found.removeSubrange((last + 1)...)
        }
        return (SourceFiles(files: found, root: root), diagnostics)
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
        // What the owner may do tells the status already, which saves a call for each of many files.
        let isOwnFile = status.st_uid == geteuid() && status.st_mode & S_IRUSR != 0
        guard isOwnFile || access(path, R_OK) == 0 else {
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
    package func name(of file: File) -> String { Self.name(of: file, in: root) }

    private static func name(of file: File, in root: String) -> String {
        let (path, root) = (file.path.utf8, root.utf8)
        let rest = path.dropFirst(root.count)
        guard rest.first == UInt8(ascii: "/"), path.starts(with: root) else { return file.path }
        return String(rest.dropFirst()) ?? file.path
    }

    /// Hands over the bytes of a file's name.
    func withName<R>(of file: File, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        var path = file.path
        return path.withUTF8 { bytes in
            let root = root.utf8
            let isInside =
                bytes.count > root.count && bytes[root.count] == UInt8(ascii: "/")
                && bytes.prefix(root.count).elementsEqual(root)
            return body(
                UnsafeRawBufferPointer(isInside ? UnsafeBufferPointer(rebasing: bytes[(root.count + 1)...]) : bytes))
        }
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

    private static func summary(of files: [File], in root: String) -> SourceSet {
        var digest = Fingerprint.Builder()
        for file in files {
            digest.add(name(of: file, in: root))
            digest.add(String(file.size))
            digest.add(String(file.modified))
        }
        return SourceSet(files: files.count, bytes: files.reduce(0) { $0 + $1.size }, digest: digest.finish())
    }
}
