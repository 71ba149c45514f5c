package import Project
import Queries

/// A check that each row passes or fails by itself. All such rules of a dataset are decided while its rows are written:
/// rule *n* is bit *n* of a mask that only failing rows ever get.
package struct RowRule: Sendable {
    package var check: Check
    /// The rule's place in the mask.
    package var bit: Int
    /// A SQL condition over the row's columns: true when the row fails.
    package var failing: String
    /// What quarantined rows give as a reason.
    package var reason: String
    /// A window over all rows that `failing` needs, under the name `windowColumn`; nil for rules of a single row.
    package var window: String?
    package var windowColumn: String { Self.windowColumn(bit) }

    static func windowColumn(_ bit: Int) -> String { Quote.name("_millrace_window\(bit)") }

    package init(check: Check, bit: Int, failing: String, reason: String, window: String? = nil) {
        self.window = window
        self.check = check
        self.bit = bit
        self.failing = failing
        self.reason = reason
    }

    /// True when failing rows leave for the quarantine.
    package var refuses: Bool { check.onFail == .quarantine }
}

/// All row rules of a dataset, as SQL and back from masks.
package struct RowRules: Sendable {
    package let rules: [RowRule]

    package init(_ rules: [RowRule]) { self.rules = rules }

    package var isEmpty: Bool { rules.isEmpty }

    /// The windows that rules need, as further columns of a SELECT: empty or starting with a comma.
    package var windows: String {
        rules.compactMap { rule in rule.window.map { ", \($0) AS \(rule.windowColumn)" } }.joined()
    }

    /// A table in which the rules' conditions can be asked.
    package func source(of table: String) -> String {
        windows.isEmpty ? Quote.name(table) : "(SELECT *\(windows) FROM \(Quote.name(table)))"
    }

    /// The number of 64-bit words that a mask has.
    package var words: Int { (rules.count + 63) / 64 }

    /// True for a row that fails any rule; null counts as false.
    package var anyFailing: String { rules.map { "(\($0.failing))" }.joined(separator: " OR ") }

    /// The words of a failing row's mask.
    package var maskWords: [String] {
        (0..<words).map { word in
            rules.filter { $0.bit / 64 == word }
                .map { "CASE WHEN \($0.failing) THEN \(UInt64(1) << UInt64($0.bit % 64))::UBIGINT ELSE 0::UBIGINT END" }
                .joined(separator: " | ")
        }
    }

    /// The name of a mask word's column among refused rows.
    package static func maskColumn(_ word: Int) -> String { "_mask\(word)" }

    /// For each word the bits of rules that refuse rows.
    package var refusingBits: [UInt64] {
        (0..<words).map { word in
            rules.filter { $0.refuses && $0.bit / 64 == word }
                .reduce(0) { $0 | UInt64(1) << UInt64($1.bit % 64) }
        }
    }

    /// A condition over mask columns: the row is quarantined.
    package var isRefused: String {
        refusingBits.enumerated().map { "(\(Quote.name(Self.maskColumn($0))) & \($1)::UBIGINT) <> 0" }
            .joined(separator: " OR ")
    }

    /// A condition over mask columns: the row fails this rule.
    package func fails(_ rule: RowRule) -> String {
        "(\(Quote.name(Self.maskColumn(rule.bit / 64))) & \(UInt64(1) << UInt64(rule.bit % 64))::UBIGINT) <> 0"
    }

    /// The list of reasons for which a row was refused.
    package var reasons: String {
        let cases = rules.filter(\.refuses).map { "CASE WHEN \(fails($0)) THEN \(Quote.text($0.reason)) END" }
        return "list_filter([\(cases.joined(separator: ", "))], lambda reason: reason IS NOT NULL)"
    }
}
