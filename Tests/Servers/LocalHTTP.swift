import Foundation

/// As much of TCP and HTTP as it takes to see whether a server on this machine answers.
package enum LocalHTTP {
    /// The status of the answer; nil when there is none.
    package static func status(_ method: String, _ path: String, port: Int) -> Int? {
        guard let descriptor = connect(to: port) else { return nil }
        defer { close(descriptor) }
        let request = "\(method) \(path) HTTP/1.0\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: 0\r\n\r\n"
        let sent = Array(request.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, noSignal) }
        guard sent == request.utf8.count else { return nil }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 12 else { return nil }
        return Int(String(decoding: bytes[9..<12], as: UTF8.self))
    }

    /// A connected socket, which answers within five seconds or not at all; nil when nobody listens.
    package static func connect(to port: Int) -> Int32? {
        let descriptor = socket(AF_INET, streamSocket | closeOnExec, 0)
        guard descriptor >= 0 else { return nil }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard withAddress(port: port, { Foundation.connect(descriptor, $0, $1) }) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// A socket that listens on a free port of this machine alone, and the port.
    package static func listen() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, streamSocket | closeOnExec, 0)
        guard descriptor >= 0, withAddress(port: 0, { bind(descriptor, $0, $1) }) == 0,
            Foundation.listen(descriptor, 64) == 0
        else { throw ServerError("no free port") }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard named == 0 else { throw ServerError("no free port") }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func withAddress<R>(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Not to be killed when the other side has gone away.
    package static let noSignal = Int32(MSG_NOSIGNAL)
    private static let streamSocket = Int32(SOCK_STREAM.rawValue)
    private static let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)
}

/// Ports on which nobody listens at the moment.
package enum FreePorts {
    package static func take(_ count: Int) throws -> [Int] {
        var sockets: [(descriptor: Int32, port: Int)] = []
        defer { for socket in sockets { close(socket.descriptor) } }
        for _ in 0..<count { sockets.append(try LocalHTTP.listen()) }
        return sockets.map(\.port)
    }
}
