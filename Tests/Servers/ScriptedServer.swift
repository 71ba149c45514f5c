import Foundation
import Synchronization

/// A server on this machine that does to each request what a test says: answers, answers in part, falls silent, breaks
/// the connection, or hands the request on to a real server and loses that one's answer. It ends with its last
/// reference.
package final class ScriptedServer: Sendable {
    package struct Request: Sendable {
        package let method: String
        /// With the query, as it came.
        package let target: String
        /// With names in lower case.
        package let headers: [String: String]
        package let body: [UInt8]
        /// Counted from 1, over all connections.
        package let number: Int

        fileprivate let head: [String]
    }

    package enum Action: Sendable {
        case answer(Int, headers: [String: String] = [:], body: String = "")
        /// The head of an answer with a length, and fewer bytes than that.
        case answerInPart(Int, length: Int, body: String)
        /// Read, and not answered; the connection is closed.
        case hangUp
        /// Not answered, and the connection stays open.
        case silence
        /// What the server on the other port answers.
        case forward(port: Int)
        /// The other server gets the request, and the connection is closed instead of passing on its answer.
        case forwardAndHangUp(port: Int)
        /// The other server gets the request; its answer is kept back, and the connection stays open.
        case forwardInSilence(port: Int)
    }

    package let port: Int
    package var endpoint: String { "http://127.0.0.1:\(port)" }

    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var requests: [Request] = []
    }

    package init(_ script: @escaping @Sendable (Request) -> Action) throws {
        (listener, port) = try LocalHTTP.listen()
        // The threads do not keep the server: closing the listener ends the one that accepts.
        let listener = listener
        let record: @Sendable (Request) -> Void = { [weak self] request in
            self?.state.withLock { $0.requests.append(request) }
        }
        let counter = Counter()
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread {
                    Self.serve(connection, counter, record, script)
                    close(connection)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// All requests so far, in the order of their arrival.
    package var requests: [Request] { state.withLock(\.requests) }

    private final class Counter: Sendable {
        private let value = Atomic(0)
        func next() -> Int { value.add(1, ordering: .relaxed).newValue }
    }

    // MARK: - One connection

    private static func serve(
        _ connection: Int32, _ counter: Counter, _ record: (Request) -> Void,
        _ script: @Sendable (Request) -> Action
    ) {
        var pending: [UInt8] = []
        while let request = receive(connection, &pending, counter) {
            record(request)
            switch script(request) {
            case .answer(let status, let headers, let body):
                guard answer(connection, status, headers, length: body.utf8.count, body, request.method) else { return }
            case .answerInPart(let status, let length, let body):
                _ = answer(connection, status, [:], length: length, body, request.method)
                return
            case .hangUp: return
            case .silence: return wait(connection)
            case .forward(let port):
                if let answer = forward(request, to: port) { _ = write(connection, answer) }
                return
            case .forwardAndHangUp(let port):
                _ = forward(request, to: port)
                return
            case .forwardInSilence(let port):
                _ = forward(request, to: port)
                return wait(connection)
            }
        }
    }

    private static func answer(
        _ connection: Int32, _ status: Int, _ headers: [String: String], length: Int, _ body: String, _ method: String
    ) -> Bool {
        var head = "HTTP/1.1 \(status) Scripted\r\n"
        if headers["Content-Length"] == nil { head += "Content-Length: \(length)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return write(connection, Array((head + "\r\n" + (method == "HEAD" ? "" : body)).utf8))
    }

    /// Until the other side has closed it.
    private static func wait(_ connection: Int32) {
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) > 0 {}
    }

    private static func write(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(connection, $0.baseAddress.map { $0 + sent }, bytes.count - sent, LocalHTTP.noSignal)
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static func read(_ connection: Int32, into bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        bytes += buffer[..<count]
        return true
    }

    private static func receive(_ connection: Int32, _ pending: inout [UInt8], _ counter: Counter) -> Request? {
        let separator = Array("\r\n\r\n".utf8)
        var end = pending.firstRange(of: separator)
        while end == nil {
            guard read(connection, into: &pending) else { return nil }
            end = pending.firstRange(of: separator)
        }
        guard let end else { return nil }
        let head = String(decoding: pending[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = head[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in head.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] =
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        while pending.count < end.upperBound + length {
            guard read(connection, into: &pending) else { return nil }
        }
        let body = Array(pending[end.upperBound..<end.upperBound + length])
        pending.removeFirst(end.upperBound + length)
        return Request(
            method: String(words[0]), target: String(words[1]), headers: headers, body: body, number: counter.next(),
            head: head)
    }

    /// The whole answer, as it came.
    private static func forward(_ request: Request, to port: Int) -> [UInt8]? {
        guard let connection = LocalHTTP.connect(to: port) else { return nil }
        defer { close(connection) }
        let head = request.head.filter { !$0.lowercased().hasPrefix("connection:") } + ["Connection: close", "", ""]
        guard write(connection, Array(head.joined(separator: "\r\n").utf8) + request.body) else { return nil }
        var answer: [UInt8] = []
        while read(connection, into: &answer) {}
        return answer
    }
}
