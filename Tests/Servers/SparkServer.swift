package import Foundation
import Synchronization

/// A real Spark Connect server on this machine alone, which is gone with the process however that ends.
package final class SparkServer: Sendable {
    package let port: Int
    /// Which requests have to bear; nil when none is asked for.
    package let token: String?
    /// A folder that the server can read and write, removed with it.
    package let folder: URL
    /// Its other end is what the server's guardian reads: when the last copy of this one is closed, by whatever means,
    /// the guardian ends the server.
    private let lifeline: Mutex<Int32?>
    private let process: Int32

    /// The server that the tests of one process share.
    ///
    /// - Throws: `ServerError` when Spark is not installed or does not start.
    package static func shared() async throws -> SparkServer { try await started.value }

    private static let started = Task { try await SparkServer.start() }

    /// Whether tests with a server can run. In continuous integration they must: there a missing server is a failure.
    package static var isExpected: Bool {
        home != nil || !(ProcessInfo.processInfo.environment["CI"] ?? "").isEmpty
    }

    /// Takes some seconds, and no thread meanwhile.
    ///
    /// - Parameters:
    ///   - token: what the server wants to hear.
    ///   - settings: more of Spark's settings.
    package static func start(token: String? = nil, settings: [String: String] = [:]) async throws -> SparkServer {
        guard let home else {
            throw ServerError("Spark is not installed: run scripts/bootstrap --test, or set SPARK_HOME")
        }
        var failure = ServerError("Spark did not start")
        // Another program may take a port between its choice and its use.
        for _ in 0..<2 {
            do {
                let server = try SparkServer(home, port: FreePorts.take(1)[0], token: token, settings: settings)
                try await server.wait()
                return server
            } catch let error as ServerError {
                failure = error
            }
        }
        throw failure
    }

    deinit { end() }

    /// At once and without a word, as when the machine fails.
    package func end() {
        guard let descriptor = lifeline.withLock({ $0.take() }) else { return }
        kill(process, SIGKILL)
        close(descriptor)
    }

    /// With the token.
    package var connectionString: String {
        "sc://127.0.0.1:\(port)" + (token.map { "/;token=\($0)" } ?? "")
    }

    /// The folder of Spark: that of the environment, or the one that `scripts/bootstrap --test` fetched.
    private static let home: String? = {
        let files = FileManager.default
        if let path = ProcessInfo.processInfo.environment["SPARK_HOME"], !path.isEmpty { return path }
        let libraries = root.appending(path: ".deps/spark/lib")
        let pythons = (try? files.contentsOfDirectory(atPath: libraries.path)) ?? []
        return pythons.map { libraries.appending(path: "\($0)/site-packages/pyspark").path }
            .first { files.isExecutableFile(atPath: "\($0)/bin/spark-submit") }
    }()

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Says which process the server is, ends it when its standard input ends, and takes the data with it.
    private static let guardian = """
        folder=$1; shift
        cd "$folder" || exit 1
        "$@" < /dev/null > "$folder/log" 2>&1 &
        server=$!
        echo $server
        exec >&-
        end() {
            kill -9 $server 2> /dev/null
            # To wait for it would not end where the parent has blocked the signal of an ended child.
            sleep 0.2
            rm -rf "$folder"
        }
        trap end EXIT
        trap 'exit 0' HUP INT TERM
        read -r _
        exit 0
        """

    private init(_ home: String, port: Int, token: String?, settings: [String: String]) throws {
        self.port = port
        self.token = token
        folder = FileManager.default.temporaryDirectory.appending(path: "spark-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "scratch"), withIntermediateDirectories: true)
        var all = [
            "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
            "spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": "\(port)",
            "spark.sql.warehouse.dir": "\(folder.path)/warehouse", "spark.local.dir": "\(folder.path)/scratch",
            // Some of a test's few rows for each of many tasks would be all start and no work.
            "spark.sql.shuffle.partitions": "2",
            // Nobody looks at what was done.
            "spark.sql.ui.retainedExecutions": "10", "spark.ui.retainedJobs": "10", "spark.ui.retainedStages": "10",
            "spark.ui.retainedTasks": "100",
        ]
        if let token { all["spark.connect.authenticate.token"] = token }
        all.merge(settings) { $1 }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments =
            [
                "-c", Self.guardian, "guardian", folder.path, "\(home)/bin/spark-submit", "--master", "local[2]",
                "--driver-memory", "1g", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
            ]
            + all.sorted { $0.key < $1.key }.flatMap { ["--conf", "\($0.key)=\($0.value)"] }
            // What starts takes longer than what runs, so less care is taken with the code at first. With that the room
            // for code would be a fifth of what it is otherwise, and a server that lives through all tests would fill it.
            + [
                "--driver-java-options",
                "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -Djava.io.tmpdir=\(folder.path)/scratch",
                "spark-internal",
            ]
        process.environment = ProcessInfo.processInfo.environment.merging(["SPARK_HOME": home]) { $1 }
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        var ends: [Int32] = [0, 0]
        // Not for the children of this process: a copy in one of them would outlive it.
        guard pipe(&ends) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 else { throw ServerError("no pipe") }
        process.standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: false)
        defer { close(ends[0]) }
        do {
            try process.run()
        } catch {
            close(ends[1])
            throw error
        }
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        guard let server = Int32(said.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            close(ends[1])
            throw ServerError("Spark did not start")
        }
        self.process = server
        lifeline = Mutex(ends[1])
    }

    /// Until it listens.
    private func wait() async throws {
        for _ in 0..<1_800 {
            if let descriptor = LocalHTTP.connect(to: port) {
                close(descriptor)
                return
            }
            guard kill(process, 0) == 0 else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let log = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
        end()
        throw ServerError("Spark did not start:\n\(log.suffix(2_000))")
    }
}
