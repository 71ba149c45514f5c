import FoundationEssentials
import Recording

/// A message in plain text.
package struct Mail: Sendable {
    package var from: String
    package var to: [String]
    package var subject: String
    package var text: String
    /// Milliseconds since 1970.
    package var at: Int

    package init(from: String, to: [String], subject: String, text: String, at: Int) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.at = at
    }

    /// Nothing in it can end a line of the protocol, or stands for another address.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    }

    /// As RFC 5322 wants it, with lines that begin with a dot doubled, and the end of the data.
    var data: String {
        let head = [
            "From: <\(from)>", "To: " + to.map { "<\($0)>" }.joined(separator: ", "), "Subject: \(Self.word(subject))",
            "Date: \(Self.date(at))",
            "Message-ID: <\(UUID().uuidString)@\(from.split(separator: "@").last ?? "local")>",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
            "Auto-Submitted: auto-generated", "",
        ]
        // Base64 has neither long lines nor ones that begin with a dot.
        return (head + Self.lines(Data(text.utf8).base64EncodedString())).joined(separator: "\r\n") + "\r\n.\r\n"
    }

    private static func lines(_ text: String) -> [String] {
        var rest = text[...]
        var lines: [String] = []
        while !rest.isEmpty {
            lines.append(String(rest.prefix(76)))
            rest = rest.dropFirst(76)
        }
        return lines
    }

    /// RFC 2047, in words of at most 75 characters.
    private static func word(_ text: String) -> String {
        let flat = String(text.prefix(200).map { $0.isNewline ? " " : $0 })
        guard !flat.utf8.allSatisfy({ (32..<127).contains($0) }) || flat.utf8.count > 70 else { return flat }
        var words: [String] = []
        var piece = ""
        for character in flat {
            if (piece + String(character)).utf8.count > 42 {
                words.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        words.append(piece)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func date(_ milliseconds: Int) -> String {
        let text = Timestamp.iso8601(milliseconds)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.prefix(10).split(separator: "-")
        guard parts.count == 3, let month = Int(parts[1]), months.indices.contains(month - 1) else { return text }
        return "\(parts[2]) \(months[month - 1]) \(parts[0]) \(text.dropFirst(11).prefix(8)) +0000"
    }
}
