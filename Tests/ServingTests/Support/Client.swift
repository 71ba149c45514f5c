import Dispatch
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What a server answered.
struct Answer: Sendable {
    var status = 0
    /// By names in lower case; of several with one name, joined by line feeds.
    var headers: [String: String] = [:]
    var body = ""

    var cookie: String? {
        headers["set-cookie"]?.split(separator: ";").first.map(String.init)
    }

    /// The token of the page's forms.
    var seal: String? {
        guard let start = body.range(of: "name=\"csrf\" value=\"")?.upperBound else { return nil }
        return String(body[start...].prefix { $0 != "\"" })
    }

    init(status: Int = 0) { self.status = status }

    /// Takes an answer as it came.
    init(_ text: String) {
        let parts = text.components(separatedBy: "\r\n\r\n")
        let lines = (parts.first ?? "").components(separatedBy: "\r\n")
        status = (lines.first ?? "").split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[name] = headers[name].map { $0 + "\n" + value } ?? value
        }
        let rest = parts.dropFirst().joined(separator: "\r\n\r\n")
        body = headers["transfer-encoding"] == "chunked" ? Self.joined(rest) : rest
    }

    private static func joined(_ chunks: String) -> String {
        var bytes = Array(chunks.utf8)[...]
        var result: [UInt8] = []
        while let end = bytes.firstIndex(of: 10) {
            let digits = String(decoding: bytes[..<end], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard let size = Int(digits, radix: 16), size > 0 else { break }
            let start = end + 1
            guard start + size <= bytes.endIndex else { break }
            result += bytes[start..<start + size]
            bytes = bytes[min(start + size + 2, bytes.endIndex)...]
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// Asks a server on this machine, byte by byte as the test says: also what no proper client would send.
struct Client: Sendable {
    var port: Int
    /// Sent with every request.
    var headers: [String: String] = [:]

    private static let queue = DispatchQueue(label: "client", attributes: .concurrent)

    func get(_ path: String, _ more: [String: String] = [:]) async -> Answer { await ask("GET", path, more) }

    func post(_ path: String, form: [String: String], _ more: [String: String] = [:]) async -> Answer {
        let fields = form.sorted { $0.key < $1.key }.map {
            "\(Self.encoded($0.key))=\(Self.encoded($0.value))"
        }
        return await ask(
            "POST", path, more.merging(["Content-Type": "application/x-www-form-urlencoded"]) { first, _ in first },
            fields.joined(separator: "&"))
    }

    func post(_ path: String, json: String, _ more: [String: String] = [:]) async -> Answer {
        await ask("POST", path, more.merging(["Content-Type": "application/json"]) { first, _ in first }, json)
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    func ask(_ method: String, _ path: String, _ more: [String: String] = [:], _ body: String? = nil) async -> Answer {
        var fields = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
        fields.merge(headers) { $1 }
        fields.merge(more) { $1 }
        if let body, fields["Content-Length"] == nil { fields["Content-Length"] = "\(body.utf8.count)" }
        // An empty value stands for a header that is not sent.
        let head = fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
        return await send(["\(method) \(path) HTTP/1.1\r\n\(head.joined())\r\n\(body ?? "")"])
    }

    /// Sends pieces with a pause between them, and reads until the server closes, so many bytes came or so much time
    /// passed.
    func send(_ pieces: [String], pause: Double = 0, seconds: Double = 120, until: String? = nil) async -> Answer {
        await withCheckedContinuation { continuation in
            let port = port
            Self.queue.async {
                continuation.resume(returning: Self.exchange(port, pieces, pause, seconds, until))
            }
        }
    }

    private static func exchange(
        _ port: Int, _ pieces: [String], _ pause: Double, _ seconds: Double, _ until: String?
    ) -> Answer {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return Answer() }
        // A `timeval`: seconds and microseconds.
        var time = [Int(seconds), 0]
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(2 * MemoryLayout<Int>.size))
        for (number, piece) in pieces.enumerated() {
            if number > 0 { usleep(UInt32(pause * 1_000_000)) }
            let bytes = Array(piece.utf8)
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { break }
                sent += count
            }
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
            if let until, String(decoding: received, as: UTF8.self).contains(until) { break }
        }
        return Answer(String(decoding: received, as: UTF8.self))
    }
}
