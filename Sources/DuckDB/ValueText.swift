import CDuckDB

/// Values of DuckDB as the text that its cast to `VARCHAR` gives. The frequent types are written here, because a
/// `duckdb_value` costs several allocations; the rare ones, and the rare values of the frequent ones, by DuckDB.
enum ValueText {
    /// Destroys `value`.
    static func of(_ value: duckdb_value?) -> String {
        var value = value
        defer { duckdb_destroy_value(&value) }
        guard let text = duckdb_get_varchar(value) else { return "" }
        defer { duckdb_free(text) }
        return String(cString: text)
    }

    static func date(_ date: duckdb_date) -> String {
        day(Int(date.days)) ?? of(duckdb_create_date(date))
    }

    static func time(_ time: duckdb_time) -> String {
        clock(time.micros)
    }

    static func timestamp(_ timestamp: duckdb_timestamp) -> String {
        instant(timestamp.micros) ?? of(duckdb_create_timestamp(timestamp))
    }

    static func timestampInUTC(_ timestamp: duckdb_timestamp) -> String {
        instant(timestamp.micros).map { $0 + "+00" } ?? of(duckdb_create_timestamp_tz(timestamp))
    }

    static func decimal(_ value: Int128, width: Int, scale: Int) -> String {
        guard scale > 0 else { return String(value) }
        var digits = String(value.magnitude)
        // A type without a place before the point is written without one: `.5`.
        let shortest = width > scale ? scale + 1 : scale
        if digits.utf8.count < shortest {
            digits = String(repeating: "0", count: shortest - digits.utf8.count) + digits
        }
        digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        return value < 0 ? "-" + digits : digits
    }

    /// The highest bit is turned over, so that DuckDB can compare UUIDs as signed integers.
    static func uuid(_ stored: UInt128) -> String {
        let value = stored ^ (1 << 127)
        var text = ""
        text.reserveCapacity(36)
        for digit in 0..<32 {
            if [8, 12, 16, 20].contains(digit) { text.append("-") }
            text.append(String(UInt8(truncatingIfNeeded: value >> UInt128(124 - 4 * digit)) & 0xf, radix: 16))
        }
        return text
    }

    static func bits(_ bytes: UnsafeRawBufferPointer) -> String {
        var bytes = Array(bytes)
        return bytes.withUnsafeMutableBufferPointer {
            of(duckdb_create_bit(duckdb_bit(data: $0.baseAddress, size: idx_t($0.count))))
        }
    }

    /// Three bytes of length and sign, then the magnitude; all bits turned over in a negative number.
    static func bigNumber(_ bytes: UnsafeRawBufferPointer) -> String {
        guard let first = bytes.first else { return "" }
        let isNegative = first & 0x80 == 0
        var magnitude = bytes.dropFirst(3).map { isNegative ? ~$0 : $0 }
        return magnitude.withUnsafeMutableBufferPointer {
            of(
                duckdb_create_bignum(
                    duckdb_bignum(data: $0.baseAddress, size: idx_t($0.count), is_negative: isNegative)
                )
            )
        }
    }

    private static let microsecondsPerDay: Int64 = 86_400_000_000

    private static func instant(_ microseconds: Int64) -> String? {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: microsecondsPerDay)
        let days = remainder < 0 ? quotient - 1 : quotient
        guard let day = day(Int(days)) else { return nil }
        return day + " " + clock(microseconds - days * microsecondsPerDay)
    }

    /// The day so many days after 1970-01-01; nil outside the years 1 to 9999, where DuckDB writes eras, more digits
    /// or `infinity`. Howard Hinnant's algorithm "civil_from_days": years begin in March, eras have 400 years.
    private static func day(_ days: Int) -> String? {
        guard (-719_162...2_932_896).contains(days) else { return nil }
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }

    private static func clock(_ microseconds: Int64) -> String {
        let seconds = Int(microseconds / 1_000_000)
        let text = padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2)
        let fraction = Int(microseconds % 1_000_000)
        guard fraction != 0 else { return text }
        var digits = padded(fraction, 6)
        while digits.hasSuffix("0") { digits.removeLast() }
        return text + "." + digits
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return digits.utf8.count < width ? String(repeating: "0", count: width - digits.utf8.count) + digits : digits
    }
}
