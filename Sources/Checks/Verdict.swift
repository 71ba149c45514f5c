package import Project

/// Turns what was counted into what it means.
package enum Verdict {
    /// For rules about rows.
    /// - Parameters:
    ///   - looked: rows that the rule was asked about.
    ///   - failing: those that fail it.
    package static func rows(
        _ check: Check, looked: Int, failing: Int, what: String, examples: [[ExampleField]]
    ) -> CheckOutcome {
        var outcome = CheckOutcome(name: check.name, status: .passed, looked: looked, failing: failing)
        guard failing > 0 else { return outcome }
        let share = Double(failing) / Double(max(looked, 1))
        let enough = check.mostly.map { 1 - share >= $0 }
        outcome.message =
            "\(Count.grouped(failing)) of \(Count.grouped(looked)) rows (\(Count.percent(share))): \(what)"
        outcome.examples = examples
        switch check.onFail {
        case .quarantine:
            outcome.status = enough == false ? .failed : .quarantined
        case .fail, .warn:
            if enough == true { return outcome }
            outcome.status = check.onFail == .warn ? .warned : .failed
        }
        if let mostly = check.mostly, enough == false {
            outcome.message? += "; at least \(Count.percent(mostly)) must pass"
        }
        return outcome
    }

    /// For the number of rows of a table, and for metrics.
    package static func value(_ check: Check, _ value: Double?, min: Double?, max: Double?, shown: String)
        -> CheckOutcome
    {
        var outcome = CheckOutcome(name: check.name, status: .passed, value: value)
        let status: CheckOutcome.Status = check.onFail == .warn ? .warned : .failed
        guard let value else {
            outcome.status = status
            outcome.message = "there is no value to measure: every row is empty"
            return outcome
        }
        if let min, value < min {
            outcome.status = status
            outcome.message = "\(shown) is below \(Count.plain(min))"
        } else if let max, value > max {
            outcome.status = status
            outcome.message = "\(shown) is above \(Count.plain(max))"
        }
        return outcome
    }

    /// For a column's type.
    package static func type(_ check: Check, found: String, expected: String) -> CheckOutcome {
        guard !ColumnTypes.isSame(found, expected) else { return CheckOutcome(name: check.name, status: .passed) }
        return CheckOutcome(
            name: check.name, status: check.onFail == .warn ? .warned : .failed,
            message: "the column has type \(found), not \(expected)")
    }
}

/// Numbers as people read them.
package enum Count {
    /// `1234567` → `1,234,567`.
    package static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return number < 0 ? "-" + result : result
    }

    /// `0.00123` → `0.12 %`: two decimals, and never 0 for something or 100 for not quite all.
    package static func percent(_ share: Double) -> String {
        if share > 0, share < 0.0001 { return "< 0.01 %" }
        if share < 1, share > 0.9999 { return "> 99.99 %" }
        let hundredths = Int((share * 10_000).rounded())
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        guard rest != 0 else { return "\(whole) %" }
        return rest % 10 == 0 ? "\(whole).\(rest / 10) %" : "\(whole).\(rest < 10 ? "0" : "")\(rest) %"
    }

    /// A number without a needless `.0`.
    package static func plain(_ number: Double) -> String {
        if number == number.rounded(), number.magnitude < 1e15 { return grouped(Int(number)) }
        return String(number)
    }
}
