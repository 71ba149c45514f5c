/// The paths of data files: plain in the file system, URI-encoded in the log.
package enum DataPath {
    /// Encodes a path relative to the table's folder for `add.path`.
    package static func encoded(_ path: String) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in path.utf8 {
            if mustEscape(byte) {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Decodes a path of the log, once. What is no escape stays as it is.
    package static func decoded(_ path: String) -> String {
        guard path.utf8.contains(UInt8(ascii: "%")) else { return path }
        let source = Array(path.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count, let high = hexadecimal(source[index + 1]),
                let low = hexadecimal(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Where a file of the log is: below `folder`, or wherever an absolute path or a URI says.
    package static func location(of path: String, in folder: String) -> String {
        let path = canonical(path)
        return path.hasPrefix("/") || hasScheme(path) ? path : "\(folder)/\(path)"
    }

    /// The form in which two paths of the log are equal when they name the same file: decoded, and without `file:`.
    package static func canonical(_ path: String) -> String {
        var path = decoded(path)
        if path.hasPrefix("file:") {
            path.removeFirst(5)
            if path.hasPrefix("//") { path.removeFirst(2) }
        }
        return path
    }

    /// True for a relative path that leads out of the table's folder.
    package static func leavesTable(_ path: String) -> Bool {
        let path = canonical(path)
        return !path.hasPrefix("/") && !hasScheme(path) && path.split(separator: "/").contains("..")
    }

    private static func hasScheme(_ path: String) -> Bool {
        let bytes = path.utf8
        guard
            let end = bytes.firstIndex(where: {
                $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=")
            })
        else { return false }
        return end > bytes.startIndex && bytes[end...].starts(with: "://".utf8)
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F: true
        case UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"), UInt8(ascii: "^"),
            UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            true
        default: false
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
