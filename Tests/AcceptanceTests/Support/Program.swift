import Foundation

/// A child process: started as a shell would, with its output in files, so that no reader has to keep up with it.
///
/// It is waited for by its number: tests block their thread meanwhile, which also keeps the number of programs that run
/// at once near the number of cores.
final class Program {
    struct Result {
        /// The exit status; 128 plus the signal for a process that a signal ended.
        var status: Int32
        var output: String
        var errors: String

        /// The processor time that it took, in seconds.
        var processorSeconds: Double

        /// Everything that the program said.
        var text: String { output + errors }
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    struct CannotStart: Error, CustomStringConvertible {
        var path: String
        var reason: String
        var description: String { "cannot start \(path): \(reason)" }
    }

    let identifier: pid_t
    private let inputPath: String?
    private let outputPath: String
    private let errorsPath: String

    /// Starts a program by its absolute path.
    init(_ path: String, _ arguments: [String], in folder: String, environment: [String: String], input: String = "")
        throws
    {
        let stem = NSTemporaryDirectory() + "millrace-child-" + UUID().uuidString
        outputPath = stem + ".out"
        errorsPath = stem + ".err"
        inputPath = input.isEmpty ? nil : stem + ".in"
        if let inputPath { try Data(input.utf8).write(to: URL(filePath: inputPath)) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, inputPath ?? "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorsPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // What the test runner blocks or ignores is no business of the program's.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // `env` changes the folder and then becomes the program: the number stays.
        let argumentPointers = (["env", "--chdir=\(folder)", path] + arguments).map { strdup($0) } + [nil]
        let environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var number: pid_t = 0
        let code = posix_spawn(&number, "/usr/bin/env", &actions, &attributes, argumentPointers, environmentPointers)
        guard code == 0 else { throw CannotStart(path: path, reason: String(cString: strerror(code))) }
        identifier = number
    }

    /// Sends a signal.
    func signal(_ signal: Int32) { kill(identifier, signal) }

    /// What it has written to standard output so far.
    var outputSoFar: String { Self.text(at: outputPath) }

    /// Waits for its end. To be called once.
    func wait() -> Result {
        var status: Int32 = 0
        var usage = rusage()
        while wait4(identifier, &status, 0, &usage) < 0, errno == EINTR {}
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        let signal = status & 0x7F
        defer {
            if let inputPath { unlink(inputPath) }
            unlink(outputPath)
            unlink(errorsPath)
        }
        return Result(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: Self.text(at: outputPath),
            errors: Self.text(at: errorsPath),
            processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime))
    }

    private static func text(at path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}
