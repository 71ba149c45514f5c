/// Reads the text of a cron expression, field by field.
struct CronParser {
    private let bytes: [UInt8]
    private var fields: ArraySlice<Range<Int>>
    private var fieldCount = 0

    /// Short forms that stand for five fields.
    private static let shortForms: [(name: String, fields: String)] = [
        ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"),
    ]

    init(_ text: String) throws(CronFault) {
        let written = Array(text.utf8)
        let words = Self.words(written)
        let whole = (words.first?.lowerBound ?? 0)..<(words.last?.upperBound ?? written.count)
        guard let first = words.first else {
            throw CronFault(
                message: "a cron expression has five fields, and this one is empty", range: 0..<written.count,
                hint: "write for example '0 2 * * *' for two o'clock every night, or '@hourly'")
        }
        if written[first.lowerBound] == UInt8(ascii: "@") {
            let name = String(decoding: written[first], as: UTF8.self)
            guard let short = Self.shortForms.first(where: { $0.name == name.lowercased() }), words.count == 1 else {
                throw Self.unknown(shortForm: name, at: whole)
            }
            bytes = Array(short.fields.utf8)
            fields = Self.words(bytes)[...]
            return
        }
        guard words.count == 5 else {
            let hint =
                switch words.count {
                case 6: "there is no field for seconds or years: minute, hour, day of the month, month, day of the week"
                default: "the fields are minute, hour, day of the month, month, day of the week: '0 2 * * *'"
                }
            throw CronFault(
                message: "a cron expression has five fields, and this one has \(words.count)",
                range: words.count > 5 ? words[5].lowerBound..<whole.upperBound : whole, hint: hint)
        }
        bytes = written
        fields = words[...]
    }

    private static func unknown(shortForm name: String, at range: Range<Int>) -> CronFault {
        let hint =
            switch name.lowercased() {
            case "@reboot": "a server's start is no time; 'catch_up' starts what was missed while it was down"
            case "@every": "write 'every: 15m' in place of 'cron'"
            default: "the short forms are \(shortForms.map(\.name).joined(separator: ", "))"
            }
        return CronFault(message: "'\(name)' is no short form of cron", range: range, hint: hint)
    }

    /// Where the words are, which white space separates.
    private static func words(_ bytes: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            let isBlank = byte == UInt8(ascii: " ") || (9...13).contains(byte)
            if isBlank, let begun = start {
                words.append(begun..<index)
                start = nil
            } else if !isBlank, start == nil {
                start = index
            }
        }
        if let start { words.append(start..<bytes.count) }
        return words
    }

    // MARK: Fields

    /// The values of the next field, which is a plain one.
    mutating func values(_ field: CronField) throws(CronFault) -> UInt64 {
        var values: UInt64 = 0
        for item in items() { values |= try plain(item, field) }
        return values
    }

    mutating func monthDays() throws(CronFault) -> CronDays.MonthDays {
        var days = CronDays.MonthDays(values: 0)
        for item in items() {
            switch word(item).lowercased() {
            case "l": days.hasLast = true
            case let word where word.hasPrefix("l-") || word.hasSuffix("w"):
                throw CronFault(
                    message: "'\(self.word(item))' in the day of the month is not supported", range: item,
                    hint: "there are days (1-31), and L for the last one")
            default: days.values |= try plain(item, .monthDay)
            }
        }
        return days
    }

    mutating func weekdays() throws(CronFault) -> CronDays.Weekdays {
        var days = CronDays.Weekdays(values: 0)
        for item in items() {
            if let mark = bytes[item].firstIndex(of: UInt8(ascii: "#")) {
                let weekday = try value(item.lowerBound..<mark, .weekday) % 7
                let number = Digits.number(word(mark + 1..<item.upperBound))
                guard let number, (1...5).contains(number) else {
                    throw CronFault(
                        message: "'\(word(item))' in the day of the week needs a number from 1 to 5 after the '#'",
                        range: item, hint: "MON#2 is a month's second Monday")
                }
                days.numbered |= 1 << UInt64((number - 1) * 8 + weekday)
            } else if item.count > 1, bytes[item.upperBound - 1] | 0x20 == UInt8(ascii: "l") {
                let weekday = try value(item.lowerBound..<item.upperBound - 1, .weekday) % 7
                days.last |= 1 << UInt64(weekday)
            } else if bytes[item].first.map({ $0 | 0x20 == UInt8(ascii: "l") }) ?? false {
                throw CronFault(
                    message: "'\(word(item))' in the day of the week says no day", range: item,
                    hint: "FRIL or 5L is a month's last Friday")
            } else {
                days.values |= try plain(item, .weekday)
            }
        }
        return days
    }

    /// The comma-separated pieces of the next field; empty ones too, which `plain` refuses.
    private mutating func items() -> [Range<Int>] {
        guard let field = fields.popFirst() else { return [] }
        var items: [Range<Int>] = []
        var start = field.lowerBound
        for index in field where bytes[index] == UInt8(ascii: ",") {
            items.append(start..<index)
            start = index + 1
        }
        items.append(start..<field.upperBound)
        return items
    }

    // MARK: Values

    /// `*`, `3`, `3-7`, each with `/2` behind it if need be.
    private func plain(_ item: Range<Int>, _ field: CronField) throws(CronFault) -> UInt64 {
        guard !item.isEmpty else {
            let place = min(item.lowerBound, max(0, bytes.count - 1))
            throw CronFault(
                message: "an item of \(field.title) is missing", range: place..<place + 1,
                hint: "remove the comma, or write a value: \(field.example)")
        }
        var base = item
        var step: Int?
        if let slash = bytes[item].firstIndex(of: UInt8(ascii: "/")) {
            base = item.lowerBound..<slash
            step = try self.step(slash + 1..<item.upperBound, of: item, field)
        }
        let low: Int
        let high: Int
        if base.count == 1, bytes[base.lowerBound] == UInt8(ascii: "*") || bytes[base.lowerBound] == UInt8(ascii: "?") {
            (low, high) = (field.values.lowerBound, field.values.upperBound)
        } else if let dash = bytes[base].firstIndex(of: UInt8(ascii: "-")) {
            low = try value(base.lowerBound..<dash, field)
            high = try value(dash + 1..<base.upperBound, field)
        } else {
            low = try value(base, field)
            high = step == nil ? low : field.values.upperBound
        }
        return Self.bits(from: low, through: high, step: step ?? 1, field)
    }

    private func step(_ range: Range<Int>, of item: Range<Int>, _ field: CronField) throws(CronFault) -> Int {
        guard let step = Digits.number(word(range)), step > 0 else {
            throw CronFault(
                message: "the step '\(word(range))' in \(field.title) is no whole number above 0",
                range: range.isEmpty ? item : range, hint: "*/15 means every fifteenth from the first one on")
        }
        guard step <= field.values.count else {
            throw CronFault(
                message: "the step '\(word(range))' in \(field.title) is longer than its \(field.values.count) values",
                range: range,
                hint: "a step begins anew with each \(field.title.dropFirst(4) == "minute" ? "hour" : "turn")"
            )
        }
        return step
    }

    /// One value, by number or by name.
    private func value(_ range: Range<Int>, _ field: CronField) throws(CronFault) -> Int {
        let word = word(range)
        if let number = Digits.number(word) {
            if field.values.contains(number) || number == field.alias { return number }
            let (low, high) = (field.values.lowerBound, field.alias ?? field.values.upperBound)
            throw CronFault(
                message: "'\(word)' is outside \(field.title), which goes from \(low) to \(high)", range: range,
                hint: "write for example \(field.example)")
        }
        if let index = field.names.firstIndex(of: word.lowercased()) { return field.values.lowerBound + index }
        guard !range.isEmpty else {
            let place = min(range.lowerBound, max(0, bytes.count - 1))
            throw CronFault(
                message: "a value of \(field.title) is missing", range: place..<place + 1,
                hint: "write for example \(field.example)")
        }
        let full = field.names.first { word.lowercased().hasPrefix($0) }
        throw CronFault(
            message: "'\(word)' is no value of \(field.title)", range: range,
            hint: full.map { "write \($0.uppercased())" } ?? "write for example \(field.example)")
    }

    /// A range whose end comes before its beginning goes round: `FRI-MON`.
    private static func bits(from low: Int, through high: Int, step: Int, _ field: CronField) -> UInt64 {
        let count = field.values.count
        let first = field.values.lowerBound
        let end = high < low ? high + count : high
        return stride(from: low, through: end, by: step).reduce(0) { bits, value in
            bits | 1 << UInt64((value - first) % count + first)
        }
    }

    private func word(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Five good fields that no day fulfils.
    func neverDue(days: CronDays) -> CronFault {
        let words = Self.words(bytes)
        let range = words.count == 5 ? words[2].lowerBound..<words[3].upperBound : 0..<bytes.count
        return CronFault(
            message: "'\(word(range))' is never due: no year has such a day", range: range,
            hint: "L is a month's last day, whichever that is")
    }
}
