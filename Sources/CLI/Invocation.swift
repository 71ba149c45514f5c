import ArgumentParser
import DuckDB
import Project
import Recording

/// One call of the program: arguments in, exit status out.
struct Invocation {
    private let arguments: [String]

    init(_ arguments: [String]) { self.arguments = arguments }

    func run() async -> Int32 {
        do {
            // Asked by scripts and editors all the time; building and reading the tree of commands takes most of the
            // time of an answer.
            if arguments == ["--version"] {
                try Output.standard.writeNow(MillraceCommand.configuration.version + "\n")
                return ExitStatus.done
            }
            var command = try MillraceCommand.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            try Output.standard.flush()
            return ExitStatus.done
        } catch {
            return end(error)
        }
    }

    private func end(_ error: any Error) -> Int32 {
        // What was printed before the error belongs before its words.
        try? Output.standard.flush()
        switch error {
        case let failure as Output.Failure: return end(failure)
        case let ended as Ended: return ended.status
        case let diagnostics as Diagnostics: return tell(diagnostics.all, ExitStatus.userMistake)
        case let diagnostic as Diagnostic: return tell([diagnostic], ExitStatus.userMistake)
        case let error as DuckDBError where error.code != .internalError:
            return tell([Self.diagnostic(error)], ExitStatus.userMistake)
        case is CancellationError: return ExitStatus.interrupted
        default: return endOfParsing(error)
        }
    }

    private static func diagnostic(_ error: DuckDBError) -> Diagnostic {
        guard error.code == .libraryMissing else { return .error(error.message) }
        return .error(error.message, hint: "'millrace doctor' tells what is missing")
    }

    private func end(_ failure: Output.Failure) -> Int32 {
        guard !failure.isClosed else { return ExitStatus.done }
        Console(noColor: false, isQuiet: false, isJSON: false).tell([
            .error("the output cannot be written: \(failure.reason)")
        ])
        return ExitStatus.failed
    }

    /// Help and version are answers; what the parser refused is the user's mistake; anything else is a bug.
    private func endOfParsing(_ error: any Error) -> Int32 {
        let code = MillraceCommand.exitCode(for: error)
        if code == .success {
            try? Output.standard.writeNow(MillraceCommand.fullMessage(for: error) + "\n")
            return ExitStatus.done
        }
        if code == .validationFailure {
            let console = console
            if console.isJSON {
                return tell(
                    [unknownCommand ?? .error(MillraceCommand.message(for: error))], ExitStatus.userMistake)
            }
            if let unknown = unknownCommand { return tell([unknown], ExitStatus.userMistake) }
            let text = MillraceCommand.fullMessage(for: error)
            let words = text.hasPrefix("Error: ") ? "error: " + text.dropFirst("Error: ".count) : text
            try? Output.errors.writeNow(words + "\n")
            return ExitStatus.userMistake
        }
        let bug = Diagnostic.error(
            "\(error)", notes: ["this is a bug in Millrace"],
            hint: "please report it with the output of 'millrace doctor'")
        return tell([bug], ExitStatus.bug)
    }

    /// The parser takes a misspelt command for an argument too many and has no better word for it.
    private var unknownCommand: Diagnostic? {
        guard let word = arguments.first, !word.hasPrefix("-"), word != "help" else { return nil }
        let configuration = MillraceCommand.configuration
        let commands = configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
        let names = commands.compactMap { $0.configuration.commandName }
        guard !names.contains(word) else { return nil }
        let near = Spelling.nearest(to: word, among: names)
        return .error(
            "there is no command '\(word)'",
            hint: near.map { "did you mean 'millrace \($0)'?" } ?? "'millrace --help' names them all")
    }

    private func tell(_ diagnostics: [Diagnostic], _ status: Int32) -> Int32 {
        let console = console
        if console.isJSON {
            let report = JSON.object([("diagnostics", .array(diagnostics.map(\.json)))])
            try? Output.standard.writeNow(report.text + "\n")
        } else {
            console.tell(diagnostics)
        }
        return status
    }

    /// Told from the words themselves, because the arguments may be what could not be read.
    private var console: Console {
        let options = arguments.prefix { $0 != "--" }
        return Console(
            noColor: options.contains("--no-color"), isQuiet: false, isJSON: options.contains("--json"))
    }
}

/// What the exit statuses mean.
enum ExitStatus {
    static let done: Int32 = 0
    /// A step or a check failed.
    static let failed: Int32 = 1
    /// The project or the command line is wrong.
    static let userMistake: Int32 = 2
    /// A fault of Millrace itself.
    static let bug: Int32 = 3
    static let interrupted: Int32 = 130
}

/// Thrown by a command that has said all there is to say.
struct Ended: Error {
    var status: Int32
}
