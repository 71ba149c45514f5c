/// Numbers as a person reads them: `329,821`, `18.2 MB`, `1.2 s`, `0.12 %`.
package enum Quantity {
    /// A whole number with a comma between thousands.
    package static func grouped(_ number: Int) -> String {
        var digits: [Character] = []
        for (index, digit) in String(number.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { digits.append(",") }
            digits.append(digit)
        }
        return (number < 0 ? "-" : "") + String(digits.reversed())
    }

    /// A number and its noun: `1 row`, `1,458 rows`.
    package static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// A size in decimal units: `512 B`, `18.2 MB`.
    package static func bytes(_ count: Int) -> String {
        guard count.magnitude >= 1000 else { return "\(count) B" }
        var value = Double(count)
        var unit = 0
        let units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"]
        // 999.95 would be printed as 1000.0, so it already belongs to the next unit.
        while value.magnitude >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(decimal(value, places: value.magnitude < 99.95 ? 1 : 0)) \(units[unit])"
    }

    /// A length of time: `0.04 s`, `1.2 s`, `1 min 05 s`, `2 h 03 min`.
    package static func seconds(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        if seconds < 0.095 { return "\(decimal(seconds, places: 2)) s" }
        if seconds < 59.95 { return "\(decimal(seconds, places: 1)) s" }
        let whole = Int(min(seconds, 1e15).rounded())
        if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
        return "\(grouped(whole / 3600)) h \(padded(whole % 3600 / 60)) min"
    }

    /// A part of a whole in percent; what is there but would round to nothing stays visible as `< 0.01 %`, and what is
    /// missing from the whole as `> 99.99 %`. Nil when there is no whole.
    package static func share(_ part: Int, of whole: Int) -> String? {
        guard whole > 0 else { return nil }
        let percent = Double(part) / Double(whole) * 100
        if part > 0, percent < 0.01 { return "< 0.01 %" }
        if part < whole, percent > 99.99 { return "> 99.99 %" }
        return "\(trimmed(decimal(percent, places: 2))) %"
    }

    /// A number with exactly so many decimal places, rounded.
    package static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
        let scale = (0..<places).reduce(1.0) { result, _ in result * 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        let digits = Int(scaled)
        let sign = value < 0 && digits > 0 ? "-" : ""
        guard places > 0 else { return sign + grouped(digits) }
        let fraction = String(digits % Int(scale))
        return sign + grouped(digits / Int(scale)) + "."
            + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// A measured value: whole numbers grouped, others to four decimal places without trailing noughts.
    package static func value(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        if value == value.rounded() { return grouped(Int(value)) }
        if value.magnitude < 0.001 { return "\(value)" }
        return trimmed(decimal(value, places: 4))
    }

    /// The number without the noughts, and then without the point, at its end.
    private static func trimmed(_ number: String) -> String {
        guard number.contains(".") else { return number }
        var text = number
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
