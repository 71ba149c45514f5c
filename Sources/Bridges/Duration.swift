/// A length of time, in the largest unit in which it is a whole number.
struct Duration {
    let count: Int
    let unit: String

    init(milliseconds: Int) {
        let units = [
            ("weeks", 604_800_000), ("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000), ("seconds", 1000),
        ]
        for (unit, length) in units where milliseconds != 0 && milliseconds % length == 0 {
            (count, self.unit) = (milliseconds / length, unit)
            return
        }
        (count, unit) = (milliseconds, "milliseconds")
    }

    var words: String { "\(count) \(count == 1 ? String(unit.dropLast()) : unit)" }

    var python: PythonExpression { .call("timedelta", [.init(unit, .raw("\(count)"))]) }

    /// Seconds as Python writes them.
    static func seconds(milliseconds: Int) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
    }
}
