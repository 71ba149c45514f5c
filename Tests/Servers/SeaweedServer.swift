import Foundation

/// A real S3 server, SeaweedFS, on this machine alone: one for each process of tests, started when it is first asked
/// for, and gone with the process however that ends.
package final class SeaweedServer: Sendable {
    /// Such as `http://127.0.0.1:41234`.
    package let endpoint: String
    /// A bucket that is there from the start.
    package let bucket = "millrace"
    package let keyID = "millrace-tests"
    /// With characters that have to be encoded in URLs.
    package let secret = "not/a+secret="
    package let region = "us-east-1"

    /// The port of the endpoint.
    package let port: Int
    private let filer: Int
    /// Its other end is what the server's guardian reads: when the last copy of this one is closed, by whatever means,
    /// the guardian ends the server.
    private let lifeline: Int32

    /// The process's server.
    ///
    /// - Throws: `ServerError` when SeaweedFS is not installed or does not start.
    package static func shared() throws -> SeaweedServer { try started.get() }

    private static let started = Result { try SeaweedServer() }

    /// Whether tests with a server can run. In continuous integration they must: there a missing server is a failure.
    package static var isExpected: Bool {
        executable != nil || !(ProcessInfo.processInfo.environment["CI"] ?? "").isEmpty
    }

    /// The variables with which Millrace and other programs find the server.
    package var environment: [String: String] {
        [
            "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": keyID, "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_REGION": region,
        ]
    }

    /// Makes another bucket; one that is there already is no error.
    package func makeBucket(_ name: String) throws {
        let status = LocalHTTP.status("POST", "/buckets/\(name)/", port: filer)
        guard status.map({ 200...299 ~= $0 || $0 == 409 }) ?? false else {
            throw ServerError("could not make the bucket \(name)")
        }
    }

    private static let executable: String? = {
        var places = [ProcessInfo.processInfo.environment["MILLRACE_WEED"]].compactMap(\.self)
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        for _ in 0..<2 { folder.deleteLastPathComponent() }
        places.append(folder.appending(path: ".deps/venv/bin/weed").path)
        return places.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    private init() throws {
        guard let executable = Self.executable else {
            throw ServerError("SeaweedFS is not installed: run scripts/bootstrap --test, or set MILLRACE_WEED")
        }
        var failure = ServerError("SeaweedFS did not start")
        // Another program may take a port between its choice and its use.
        for _ in 0..<3 {
            do {
                let ports = try FreePorts.take(10)
                let server = try Self.start(
                    executable, ports: ports, bucket: bucket,
                    variables: ["AWS_ACCESS_KEY_ID": keyID, "AWS_SECRET_ACCESS_KEY": secret])
                (endpoint, port, filer, lifeline) = ("http://127.0.0.1:\(ports[6])", ports[6], ports[4], server)
                return
            } catch let error as ServerError {
                failure = error
            }
        }
        throw failure
    }

    /// Ends the server when its standard input ends, and takes the data with it.
    private static let guardian = """
        folder=$1 ports=$2; shift 2
        "$@" < /dev/null > "$folder/log" 2>&1 &
        server=$!
        end() {
            kill -9 $server 2> /dev/null
            # To wait for it would not end where the parent has blocked the signal of an ended child.
            sleep 0.2
            rm -rf "$folder"
            for port in $ports; do rm -f /tmp/seaweedfs-*-grpc-$port.sock; done
        }
        trap end EXIT
        trap 'exit 0' HUP INT TERM
        read -r _
        exit 0
        """

    /// The lifeline of a server that answers.
    private static func start(
        _ executable: String, ports: [Int], bucket: String, variables: [String: String]
    ) throws -> Int32 {
        let folder = FileManager.default.temporaryDirectory.appending(path: "seaweed-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "data"), withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", guardian, "guardian", folder.path, ports.map(String.init).joined(separator: " "), executable, "mini",
            "-dir=\(folder.path)/data",
            "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-webdav=false", "-admin.ui=false",
            "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.autoCreateBucket=false", "-bucket=\(bucket)",
            "-master.port=\(ports[0])", "-master.port.grpc=\(ports[1])", "-volume.port=\(ports[2])",
            "-volume.port.grpc=\(ports[3])", "-filer.port=\(ports[4])", "-filer.port.grpc=\(ports[5])",
            "-s3.port=\(ports[6])", "-s3.port.grpc=\(ports[7])", "-admin.port=\(ports[8])",
            "-admin.port.grpc=\(ports[9])", "-filer.localSocket=\(folder.path)/filer.sock",
            "-s3.localSocket=\(folder.path)/s3.sock",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
            .merging(["TMPDIR": folder.path]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
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
        for _ in 0..<600 {
            // The buckets are made last; the S3 server answers anybody whom it does not know with 403.
            if LocalHTTP.status("GET", "/buckets/\(bucket)/", port: ports[4]) == 200,
                LocalHTTP.status("GET", "/\(bucket)", port: ports[6]) == 403
            {
                return ends[1]
            }
            if !process.isRunning { break }
            usleep(50_000)
        }
        let log = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
        close(ends[1])
        throw ServerError("SeaweedFS did not start:\n\(log.suffix(2_000))")
    }
}

/// Why there is no server for a test.
package struct ServerError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
