import Foundation
import Testing

/// A project in a folder of its own, which is there as long as its test, and the program run in it as a user runs it.
final class Sandbox {
    let path: String
    /// Added to the program's environment.
    var environment: [String: String] = [:]

    /// A project with these texts of files, by their path.
    init(_ files: [String: String] = [:]) throws {
        path = NSTemporaryDirectory() + "millrace-acceptance-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (file, text) in files { try write(text, to: file) }
    }

    /// The same with these entries under `datasets:` in its `millrace.yaml`, written without indentation.
    convenience init(datasets: String, _ files: [String: String] = [:]) throws {
        try self.init(files)
        try self.datasets(datasets)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    // MARK: Files

    func datasets(_ text: String, head: String = "project: p") throws {
        let indented = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  " + $0 }
        try write("\(head)\ndatasets:\n\(indented.joined(separator: "\n"))\n", to: "millrace.yaml")
    }

    func write(_ text: String, to file: String) throws { try write(Data(text.utf8), to: file) }

    func write(_ data: Data, to file: String) throws {
        let url = URL(filePath: path + "/" + file)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    func read(_ file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path + "/" + file)), as: UTF8.self)
    }

    func replace(_ old: String, with new: String, in file: String) throws {
        let text = try read(file)
        try #require(text.contains(old))
        try write(text.replacingOccurrences(of: old, with: new), to: file)
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: path + "/" + file) }

    func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + file) }

    /// The files below a folder whose names end so, sorted.
    func files(in folder: String = "", ending: String = "") -> [String] {
        let names = FileManager.default.enumerator(atPath: path + "/" + folder)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted()
    }

    /// Runs a command of the shell in the project's folder, for what tools outside the program do to it.
    @discardableResult
    func shell(_ command: String) throws -> Program.Result {
        try Program("/bin/sh", ["-c", command], in: path, environment: childEnvironment).wait()
    }

    // MARK: The program

    private var childEnvironment: [String: String] {
        var result = ProcessInfo.processInfo.environment
        result["NO_COLOR"] = nil
        return result.merging(environment) { $1 }
    }

    /// Starts the program, for tests that do something meanwhile.
    func start(_ arguments: String...) throws -> Program {
        try Program(Checkout.millrace, arguments, in: path, environment: childEnvironment)
    }

    /// Starts a command of the shell.
    func start(shell command: String) throws -> Program {
        try Program("/bin/sh", ["-c", command], in: path, environment: childEnvironment)
    }

    @discardableResult
    func millrace(_ arguments: String..., input: String = "") throws -> Program.Result {
        try Program(Checkout.millrace, arguments, in: path, environment: childEnvironment, input: input).wait()
    }

    /// `millrace run`, which must succeed.
    @discardableResult
    func run(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> Program.Result {
        let result = try Program(Checkout.millrace, ["run"] + arguments, in: path, environment: childEnvironment).wait()
        #expect(result.status == 0, "\(result.text)", sourceLocation: sourceLocation)
        return result
    }

    /// The rows of a query as CSV lines without the header.
    func rows(_ sql: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
        let result = try millrace("query", sql, "--format", "csv")
        #expect(result.status == 0, "\(result.text)", sourceLocation: sourceLocation)
        return Array(result.lines.dropFirst())
    }

    /// What a command with `--json` answers.
    func json(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> JSON {
        let all = arguments + ["--json"]
        let result = try Program(Checkout.millrace, all, in: path, environment: childEnvironment).wait()
        #expect(!result.output.isEmpty, "\(result.text)", sourceLocation: sourceLocation)
        return try JSON(result.output)
    }

    /// The events of `run --json`.
    func events(_ arguments: String...) throws -> [JSON] {
        let result = try Program(
            Checkout.millrace, ["run", "--json"] + arguments, in: path, environment: childEnvironment
        ).wait()
        return try result.lines.map { try JSON($0) }
    }

    /// The datasets that a plan would make, each with its reasons.
    func plan(_ arguments: String...) throws -> [String: [String]] {
        let result = try Program(
            Checkout.millrace, ["plan", "--json"] + arguments, in: path, environment: childEnvironment
        ).wait()
        let steps = try JSON(result.output)["steps"].array.filter { $0["action"].text == "run" }
        return Dictionary(uniqueKeysWithValues: steps.map { ($0["dataset"].text, $0["reasons"].array.map(\.text)) })
    }

    /// The live version of each dataset that has one.
    func versions() throws -> [String: Int] {
        let listed = try json("list").array.filter { $0["version"].int != nil }
        return Dictionary(uniqueKeysWithValues: listed.map { ($0["name"].text, $0["version"].int ?? -1) })
    }

    /// The names that a selection means.
    func selected(_ selection: String...) throws -> [String] {
        let result = try Program(
            Checkout.millrace, ["list", "--names"] + selection, in: path, environment: childEnvironment
        ).wait()
        return result.lines
    }
}
