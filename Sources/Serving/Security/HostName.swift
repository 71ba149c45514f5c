#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The part before the port of what a browser calls the server.
struct HostName: Equatable {
    var name: String
    var port: String?

    /// Reads `name`, `name:port`, `[address]` and `[address]:port`; nil for anything else.
    init?(_ text: String) {
        let lower = text.lowercased()
        var rest = lower[...]
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            name = String(rest[rest.index(after: rest.startIndex)..<end])
            guard Self.isAddress(name), name.contains(":") else { return nil }
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            name = String(rest[..<end])
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
            rest = rest[end...]
        }
        guard let colon = rest.first else { return }
        let digits = rest.dropFirst()
        guard colon == ":", !digits.isEmpty, digits.utf8.count <= 5,
            digits.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        port = String(digits)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Only this machine can reach a server there.
    static func isLoopback(_ name: String) -> Bool {
        let name = name.lowercased()
        if name == "localhost" || name == "::1" { return true }
        return isAddress(name) && name.hasPrefix("127.")
    }

    static func isAddress(_ name: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1
    }
}

/// Which names of the server are true. A page of somebody else can give a name of its own the address of this machine
/// (DNS rebinding), but not one of these names.
struct HostRule: Sendable {
    private let names: Set<String>
    private let takesAddresses: Bool

    init(_ options: ServerOptions) {
        names = Set((options.allowedHosts + [options.host]).map { $0.lowercased() })
        // Where others reach the server they may call it by its address, and an address cannot be given away.
        takesAddresses = !HostName.isLoopback(options.host)
    }

    func allows(_ host: HostName) -> Bool {
        names.contains(host.name) || HostName.isLoopback(host.name) || takesAddresses && HostName.isAddress(host.name)
    }
}
