/// Dates and times of day in the proleptic Gregorian calendar, as texts. No time zones: what is read or written is UTC
/// or local to whoever means it.
enum CalendarTime {
    /// Microseconds since 1970 of `yyyy-MM-dd[ T]HH:mm:ss[.ffffff]`, with `Z`, `+00`, `+00:00` or an offset of hours,
    /// minutes and seconds at its end. Nil for anything else, as for dates before the year 1 or after 9999.
    static func microseconds(of text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"),
            let day = days(of: bytes[..<10]), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        var fraction = 0
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            let start = index
            while index < bytes.count, isDigit(bytes[index]) { index += 1 }
            guard index > start, let digits = number(bytes[start..<min(index, start + 6)]) else { return nil }
            fraction = digits
            for _ in min(index - start, 6)..<6 { fraction *= 10 }
        }
        guard let offset = offsetSeconds(bytes[index...]) else { return nil }
        let seconds = day * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return seconds * 1_000_000 + fraction
    }

    /// Days since 1970 of `yyyy-MM-dd`.
    static func days(of text: String) -> Int? { days(of: Array(text.utf8)[...]) }

    private static func days(of bytes: ArraySlice<UInt8>) -> Int? {
        let start = bytes.startIndex
        guard bytes.count == 10, bytes[start + 4] == UInt8(ascii: "-"), bytes[start + 7] == UInt8(ascii: "-"),
            let year = number(bytes[start..<start + 4]), let month = number(bytes[start + 5..<start + 7]),
            let day = number(bytes[start + 8..<start + 10]), year > 0, (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        // Days from civil, with years that begin in March (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// `yyyy-MM-dd HH:mm:ss` and a fraction of the given number of digits, cut off. Nil outside the years 1 to 9999.
    static func text(microseconds: Int, separator: Character, digits: Int) -> String? {
        let day = floorDivide(microseconds, 86_400_000_000)
        let time = microseconds - day * 86_400_000_000
        guard let date = date(days: day) else { return nil }
        let seconds = time / 1_000_000
        var text =
            "\(date)\(separator)\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        if digits > 0 { text += "." + padded(time % 1_000_000, 6).prefix(digits) }
        return text
    }

    private static func date(days: Int) -> String? {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civilMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
        guard (1...9999).contains(year) else { return nil }
        return "\(padded(year, 4))-\(padded(civilMonth, 2))-\(padded(day, 2))"
    }

    private static func offsetSeconds(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let sign = bytes.first else { return 0 }
        if bytes.count == 1, sign == UInt8(ascii: "Z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        var seconds = 0
        var unit = 3_600
        for part in bytes.dropFirst().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard unit > 0, part.count == 2, let value = number(part) else { return nil }
            seconds += value * unit
            unit /= 60
        }
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
