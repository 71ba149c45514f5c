/// A piece of a page. Literals are markup; whatever is put into one is escaped, unless it is a piece of a page itself.
///
/// What is put in must stand between tags or in a quoted attribute.
struct HTML: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }
    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }
    init(_ pieces: some Sequence<HTML>) { text = pieces.reduce(into: "") { $0 += $1.text } }

    /// Plain text.
    init(escaping text: some StringProtocol) {
        var escaped = ""
        Self.escape(text, to: &escaped)
        self.text = escaped
    }

    static let nothing: HTML = ""

    static func + (left: HTML, right: HTML) -> HTML {
        var sum = left
        sum.text += right.text
        return sum
    }

    static func += (left: inout HTML, right: HTML) { left.text += right.text }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ html: HTML) { text += html.text }
        mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }
        mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }
        mutating func appendInterpolation(_ plain: some StringProtocol) { HTML.escape(plain, to: &text) }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        /// A part of a URL's path or of its query.
        mutating func appendInterpolation(url part: String) { text += PercentEncoding.encode(part) }
    }

    private static func escape(_ plain: some StringProtocol, to text: inout String) {
        for scalar in plain.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            // HTML has no place for these, not even as references.
            case "\0"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}": text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Sequence {
    /// The pieces one after the other.
    func html(_ piece: (Element) throws -> HTML) rethrows -> HTML { HTML(try map(piece)) }
}
