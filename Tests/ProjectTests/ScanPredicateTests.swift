import Queries
import Testing

@Suite("What a query needs of a table")
struct ScanPredicateTests {
    @Test("only conditions that every row fulfils which is used", arguments: KnownScans.all)
    func predicates(known: KnownScans.Case) throws {
        let tree = try SQLTree.decode(known.tree).get()
        let predicate = ScanPredicates(in: tree)[known.table]
        #expect(predicate.map { Self.words($0, isInner: false) } == known.predicate, "\(known.sql)")
    }

    @Test("a table is found however its name is written")
    func cases() throws {
        let known = try #require(KnownScans.all.first)
        let predicates = ScanPredicates(in: try SQLTree.decode(known.tree).get())
        #expect(predicates["T"] == predicates["t"])
        #expect(predicates["u"] == nil)
    }

    private static func words(_ predicate: ScanPredicate, isInner: Bool) -> String {
        func column(_ path: [String]) -> String { path.joined(separator: ".") }
        switch predicate {
        case .compare(let path, let comparison, let value):
            return "\(column(path)) \(comparison.rawValue) \(words(value))"
        case .isNull(let path): return "\(column(path)) is null"
        case .isNotNull(let path): return "\(column(path)) is not null"
        case .isIn(let path, let values): return "\(column(path)) in " + values.map(words).joined(separator: ", ")
        case .and(let parts):
            return parts.map { words($0, isInner: true) }.joined(separator: isInner ? " and " : "; ")
        case .or(let parts): return parts.map { words($0, isInner: true) }.joined(separator: " or ")
        }
    }

    private static func words(_ value: ScanPredicate.Literal) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .decimal(let text): text
        case .text(let text): "'\(text)'"
        case .boolean(let value): "\(value)"
        case .date(let days): "day \(days)"
        case .timestamp(let microseconds): "time \(microseconds)"
        }
    }
}
