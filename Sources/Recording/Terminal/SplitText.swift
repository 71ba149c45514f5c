/// What is said about splits.
package enum SplitText {
    /// `train 80.1 % (263,800), test 19.9 % (65,421)`, the largest first.
    package static func shares(_ splits: [String: Int]) -> String {
        let all = splits.values.reduce(0, +)
        return splits.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { name, rows in
            "\(name) \(Quantity.share(rows, of: all) ?? "0 %") (\(Quantity.grouped(rows)))"
        }.joined(separator: ", ")
    }
}
