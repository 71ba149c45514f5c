import Bridges
import FoundationEssentials
import Glibc
import Project

/// The file that `export-dag` writes.
struct DagTarget {
    enum Change {
        case none
        case new(String)
        case replaced(String)

        /// What is to be written; nil when the file is as it should be.
        var text: String? {
            switch self {
            case .none: nil
            case .new(let text), .replaced(let text): text
            }
        }
    }

    /// As the user named it.
    let path: String
    private let folder: String
    private let name: String

    /// - Throws: a `Diagnostic` when its folder is not there.
    init(path: String) throws(Diagnostic) {
        self.path = path
        // A link to the file stays one: what it leads to is written.
        let real = Self.real(path) ?? path
        let slash = real.lastIndex(of: "/")
        let above = slash.map { $0 == real.startIndex ? "/" : String(real[..<$0]) } ?? "."
        name = slash.map { String(real[real.index(after: $0)...]) } ?? real
        guard let folder = Self.real(above) else {
            throw .error("the folder of '\(path)' is not there", hint: "make it: mkdir -p \(above)")
        }
        self.folder = folder
        var status = stat()
        guard !name.isEmpty, stat(folder + "/" + name, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw .error("'\(path)' is no file", hint: "name a file that ends in .py")
        }
    }

    /// The way from the file's folder to another one: empty when it is the same.
    func way(to other: String) -> String {
        let from = folder.split(separator: "/")
        let to = (Self.real(other) ?? other).split(separator: "/")
        let shared = zip(from, to).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: from.count - shared) + to.dropFirst(shared)).joined(separator: "/")
    }

    /// What becomes of the file.
    /// - Throws: a `Diagnostic` when it is not ours to write.
    func change(to file: DagFile) throws(Diagnostic) -> Change {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: folder + "/" + name))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
            return .new(MarkedText.new(file))
        } catch {
            throw .error("'\(path)' cannot be read: \(FileTrouble.reason(error))")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .error("'\(path)' is no text in UTF-8, so it is not overwritten", hint: "write to another file")
        }
        guard !text.isEmpty else { return .new(MarkedText.new(file)) }
        let changed = try MarkedText.replace(in: SourceFile(path: path, text: text), with: file)
        return changed.utf8.elementsEqual(text.utf8) ? .none : .replaced(changed)
    }

    /// - Throws: a `Diagnostic`.
    func write(_ text: String) throws(Diagnostic) {
        let real = folder + "/" + name
        var status = stat()
        let mode = stat(real, &status) == 0 ? status.st_mode & 0o7777 : nil
        // Another file could take its place all the same, but somebody wants to keep it.
        if let mode, mode & 0o222 == 0 {
            throw .error("'\(path)' is read-only, so it is not overwritten", hint: "allow it: chmod u+w \(path)")
        }
        do {
            try Data(text.utf8).write(to: URL(filePath: real), options: .atomic)
        } catch {
            throw .error("'\(path)' cannot be written: \(FileTrouble.reason(error))")
        }
        if let mode { chmod(real, mode) }
    }

    private static func real(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}
