import Crypto
import CryptoExtras
import Foundation
package import Project
import Synchronization

/// The file of users: one a line, `NAME:ROLE:HASH`. It is read again when it has changed.
package final class UsersFile: Sendable {
    struct User: Sendable, Equatable {
        var name: String
        var role: Role
        var hash: PasswordHash
    }

    private struct State {
        var users: [String: User] = [:]
        var modified: Date?
    }

    package let path: String
    private let state = Mutex(State())

    /// - Throws: `Diagnostic` when the file cannot be read or a line of it makes no sense.
    package init(path: String) throws(Diagnostic) {
        self.path = path
        let users = try Self.read(path)
        let modified = Self.modified(path)
        state.withLock { $0 = State(users: users, modified: modified) }
    }

    /// Nil when the password is not that of a user.
    func role(of name: String, password: String) -> Role? {
        reload()
        let user = state.withLock { $0.users[name] }
        // An unknown name takes as long as a known one.
        let isRight = (user?.hash ?? .nobody).matches(password)
        return isRight ? user?.role : nil
    }

    /// A file that has become unreadable changes nothing: whoever could sign in still can.
    private func reload() {
        let modified = Self.modified(path)
        guard state.withLock({ $0.modified != modified }), let users = try? Self.read(path) else { return }
        state.withLock { $0 = State(users: users, modified: modified) }
    }

    private static func modified(_ path: String) -> Date? {
        try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }

    private static func read(_ path: String) throws(Diagnostic) -> [String: User] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .error(
                "the file of users cannot be read: '\(path)'",
                hint: "millrace serve --users '\(path)' --add-user NAME --role admin makes it")
        }
        var users: [String: User] = [:]
        for (index, line) in String(decoding: data, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() where !line.isEmpty && line.first != "#" {
            guard let user = User(line: line) else {
                throw .error("line \(index + 1) of '\(path)' is no user", hint: "a line is NAME:ROLE:HASH")
            }
            users[user.name] = user
        }
        return users
    }

    /// Writes a user into the file, in the place of one with the same name; makes the file when there is none. Only its
    /// owner can read it.
    package static func add(_ name: String, role: Role, password: String, to path: String) throws(Diagnostic) {
        guard isValid(name) else {
            throw .error("'\(name)' is no name for a user", hint: "letters, digits, '.', '-', '_' and '@'")
        }
        guard password.count >= shortestPassword else {
            throw .error("the password is too short: \(shortestPassword) characters at least")
        }
        var users = FileManager.default.fileExists(atPath: path) ? try read(path) : [:]
        users[name] = User(name: name, role: role, hash: PasswordHash(password))
        let lines = users.values.sorted { $0.name < $1.name }.map { "\($0.name):\($0.role.rawValue):\($0.hash.text)\n" }
        let aside = path + ".new"
        guard
            FileManager.default.createFile(
                atPath: aside, contents: Data(lines.joined().utf8), attributes: [.posixPermissions: 0o600]),
            rename(aside, path) == 0
        else { throw .error("the file of users cannot be written: '\(path)'") }
    }

    private static let shortestPassword = 8

    fileprivate static func isValid(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte | 0x20) || ".-_@".utf8.contains(byte)
            }
    }
}

extension UsersFile.User {
    fileprivate init?(line: Substring) {
        let parts = line.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, UsersFile.isValid(String(parts[0])), let role = Role(rawValue: String(parts[1])),
            let hash = PasswordHash(text: String(parts[2]))
        else { return nil }
        self.init(name: String(parts[0]), role: role, hash: hash)
    }
}

/// A password that cannot be had back: PBKDF2 with HMAC-SHA-256 (RFC 8018).
struct PasswordHash: Sendable, Equatable {
    private var rounds: Int
    private var salt: [UInt8]
    private var hash: [UInt8]

    private static let usualRounds = 600_000
    private static let name = "pbkdf2-sha256"

    init(_ password: String) {
        var generator = SystemRandomNumberGenerator()
        rounds = Self.usualRounds
        salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        hash = []
        hash = derive(password)
    }

    private init(rounds: Int, salt: [UInt8], hash: [UInt8]) {
        self.rounds = rounds
        self.salt = salt
        self.hash = hash
    }

    /// That of no password.
    static let nobody = PasswordHash(rounds: usualRounds, salt: Array(repeating: 0, count: 16), hash: [])

    /// Reads `pbkdf2-sha256$ROUNDS$SALT$HASH`.
    init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == Self.name, let rounds = Int(parts[1]), (1...10_000_000).contains(rounds),
            let salt = Secrets.bytes(hexadecimal: parts[2]), let hash = Secrets.bytes(hexadecimal: parts[3]),
            hash.count == 32
        else { return nil }
        self.init(rounds: rounds, salt: salt, hash: hash)
    }

    var text: String {
        [Self.name, String(rounds), Secrets.hexadecimal(salt), Secrets.hexadecimal(hash)].joined(separator: "$")
    }

    func matches(_ password: String) -> Bool {
        let derived = derive(password)
        guard derived.count == hash.count, !hash.isEmpty else { return false }
        return zip(derived, hash).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    private func derive(_ password: String) -> [UInt8] {
        let key = try? KDF.Insecure.PBKDF2.deriveKey(
            from: Array(password.utf8), salt: salt, using: .sha256, outputByteCount: 32, unsafeUncheckedRounds: rounds)
        return key?.withUnsafeBytes { Array($0) } ?? []
    }
}
