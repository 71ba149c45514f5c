import Foundation
import Testing

/// Delta tables that another tool wrote, made once for all tests and copied into their projects.
///
/// Each has two columns, `id` and `v`: `plain` has three commits of two rows; `checkpointed` has a checkpoint of its
/// version 2 and one commit more; `expired` is the same without the commits 0 and 1. Others are of one version:
/// `partitioned` by `part` and `day`, whose values only the log knows; `deleted` with a deletion vector; `mapped` with
/// other names in its file.
enum ForeignTables {
    private static let folder = NSTemporaryDirectory() + "millrace-foreign-" + UUID().uuidString

    private static let made = Result {
        atexit { try? FileManager.default.removeItem(atPath: ForeignTables.folder) }
        _ = try Judge.ask("foreign-tables", folder)
    }

    /// Puts a table into a folder of a project.
    static func copy(_ table: String, to path: String, in sandbox: Sandbox) throws {
        try made.get()
        let target = URL(filePath: sandbox.path + "/" + path)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: URL(filePath: folder + "/" + table), to: target)
    }
}

extension Sandbox {
    /// Everything in a folder: names, and the files' times of change and contents.
    func contents(of folder: String) throws -> String {
        try shell(
            """
            cd '\(folder)' && find . -printf '%P %y\\n' | sort && find . -type f -printf '%P %T@\\n' | sort
            find . -type f -print0 | sort -z | xargs -0 sha256sum
            """
        ).output
    }

    /// A commit's file.
    func commit(_ version: Int, of table: String) -> String {
        let digits = String(version)
        return "\(table)/_delta_log/\(String(repeating: "0", count: 20 - digits.count))\(digits).json"
    }

    /// The first of a table's data files, with its path in the project.
    func dataFile(of table: String) -> String {
        table + "/" + (files(in: table, ending: ".parquet").first { !$0.hasPrefix("_delta_log") } ?? "")
    }

    /// A commit's lines.
    func lines(_ version: Int, of table: String) throws -> [String] {
        try read(commit(version, of: table)).split(separator: "\n").map(String.init)
    }
}
