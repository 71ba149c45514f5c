import ArgumentParser

/// A size on the command line: `256MB`, `1GiB`, `500000`.
struct ByteCount: ExpressibleByArgument, Equatable {
    var bytes: Int

    init(_ bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        guard let amount = Amount(argument), let unit = Self.units[amount.unit.lowercased()],
            let bytes = amount.times(unit), bytes >= 1
        else { return nil }
        self.bytes = bytes
    }

    /// As the help writes it.
    var defaultValueDescription: String {
        let unit = ["TB", "GB", "MB", "KB"].first { bytes.isMultiple(of: Self.units[$0.lowercased()] ?? 1) }
        return unit.map { "\(bytes / (Self.units[$0.lowercased()] ?? 1))\($0)" } ?? "\(bytes)"
    }

    private static let units = [
        "": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000, "k": 1_000,
        "m": 1_000_000, "g": 1_000_000_000, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
    ]
}

/// A length of time on the command line: `7d`, `36h`, `90min`, `0s`.
struct TimeSpan: ExpressibleByArgument, Equatable {
    var milliseconds: Int

    init?(argument: String) {
        guard let amount = Amount(argument), let unit = Self.units[amount.unit.lowercased()],
            let milliseconds = amount.times(unit)
        else { return nil }
        self.milliseconds = milliseconds
    }

    private static let units = [
        "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000,
    ]
}

/// A number and the unit written after it.
private struct Amount {
    var number: Double
    var unit: String

    init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite else { return nil }
        self.number = number
        unit = String(text.dropFirst(digits.count).drop { $0 == " " })
    }

    /// Nil when the product is too large for any purpose.
    func times(_ unit: Int) -> Int? {
        let product = number * Double(unit)
        return product < 9e18 ? Int(product) : nil
    }
}
