import Foundation
import Processes
import Project

/// What can be told about a program without running it.
package struct ProgramInspection: Sendable {
    /// The columns that the function declares, by the names of their types; nil when it declares none, or only running
    /// it would tell.
    package var columns: [(name: String, type: String)]?

    /// What `python/millrace/inspect_step.py` answers.
    private struct Answer: Decodable {
        var fault: String?
        var message: String?
        var line: Int?
        var functions: [String]?
        var schema: [[String]]?
        var pyarrow: Bool
        var python: String
    }

    /// Looks whether the program is there, and at the function's source.
    /// - Throws: `ProgramFault`.
    package static func look(_ call: ProgramCall) async throws -> ProgramInspection {
        switch call.step.program {
        case .command(let words):
            let name = words.first?.value ?? ""
            guard PythonPlace.program(name, call.environment, in: call.folder) != nil else {
                let path = call.folder + "/" + name
                if name.contains("/"), FileManager.default.fileExists(atPath: path) {
                    throw ProgramFault(.notStarted, "the file may not be executed", hint: "chmod +x \(name)")
                }
                throw ProgramFault(.notStarted, "there is no program '\(name)'", hint: CommandWorker.hint)
            }
            return ProgramInspection()
        case .python(let path, _, let function, _):
            guard let place = call.python else { return ProgramInspection() }
            return try await look(at: function, in: path, with: place, call)
        }
    }

    private static func look(
        at function: String, in path: String, with place: PythonPlace, _ call: ProgramCall
    ) async throws -> ProgramInspection {
        let said = await ChildProcess.run(
            ChildProcess.Launch(
                [place.python, place.package + "/millrace/inspect_step.py", path, function],
                environment: call.environment, folder: call.folder), limit: 1 << 20, patience: .seconds(60))
        guard said.ending == .exited(status: 0), let line = said.output.last,
            let answer = try? JSONDecoder().decode(Answer.self, from: Data(line.utf8))
        else {
            throw ProgramFault(
                .notStarted, "\(place.python) (\(place.origin)) cannot look at the file",
                details: said.errors.joined(separator: "\n"), hint: "MILLRACE_PYTHON names another Python")
        }
        switch answer.fault {
        case nil: break
        case "missing":
            let near = Spelling.nearest(to: function, among: answer.functions ?? [])
            let all = (answer.functions ?? []).joined(separator: ", ")
            throw ProgramFault(
                .notStarted, "the file has no function '\(function)'",
                hint: near.map { "did you mean '\($0)'?" } ?? (all.isEmpty ? "it has none" : "it has \(all)"))
        case "syntax":
            throw ProgramFault(.notStarted, "this is no Python: \(answer.message ?? "")", line: answer.line)
        case "async":
            throw ProgramFault(
                .notStarted, "'\(function)' is asynchronous", line: answer.line,
                hint: "let it be a usual function, which may call asyncio.run")
        default:
            throw ProgramFault(
                .notStarted, "'\(function)' takes no argument", line: answer.line,
                hint: "the first argument is the batch")
        }
        guard answer.pyarrow else {
            throw ProgramFault(
                .notStarted, "\(place.python) (\(place.origin)) has no pyarrow",
                hint: "\(place.remedy), or set MILLRACE_PYTHON to a Python that has it")
        }
        let columns = answer.schema?.compactMap { pair in pair.count == 2 ? (name: pair[0], type: pair[1]) : nil }
        return ProgramInspection(columns: columns)
    }
}
