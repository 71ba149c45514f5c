import Millrace
import Project
import Recording

/// Versions and runs as people and programs read them.
enum HistoryText {
    static func lines(_ items: [HistoryItem], width: Int?, style: TextStyle) -> [String] {
        guard !items.isEmpty else { return ["no version yet"] }
        var table = TextTable([
            .init("version", .right, isFirm: true), .init("published", isFirm: true), .init("operation"),
            .init("rows", .right, isFirm: true), .init("quarantined", .right, isFirm: true),
            .init("size", .right, isFirm: true), .init("checks", isFirm: true), .init("run"), .init("made from"),
        ])
        for item in items {
            let refused = item.record?.rows.quarantined ?? 0
            table.add([
                .init("\(item.version)", .bold), .init(item.published.map(Timestamp.utc) ?? "–"),
                .init(item.operation), .init(rows(of: item)),
                refused > 0 ? .init(Quantity.grouped(refused), .yellow) : "",
                .init(Quantity.bytes(item.bytes)), checks(item.record?.checks ?? []),
                .init(item.record?.run.text ?? item.engine ?? "another tool", .faint),
                .init(inputs(item.record?.inputs ?? [:]), .faint),
            ])
        }
        return table.lines(width: width, style: style)
    }

    static func lines(_ runs: [PastRun], width: Int?, style: TextStyle) -> [String] {
        guard !runs.isEmpty else { return ["no run is remembered"] }
        var table = TextTable([
            .init("run"), .init("started", isFirm: true), .init("outcome", isFirm: true),
            .init("made", .right, isFirm: true), .init("failed", .right, isFirm: true),
            .init("skipped", .right, isFirm: true), .init("up to date", .right, isFirm: true),
            .init("took", .right, isFirm: true),
        ])
        for run in runs {
            let took = run.finishedAt.map { Quantity.seconds(Double($0 - run.startedAt) / 1000) }
            table.add([
                .init(run.run.text, .bold), .init(Timestamp.utc(run.startedAt)), outcome(run.outcome),
                .init(Quantity.grouped(run.done)), .init(Quantity.grouped(run.failed), run.failed > 0 ? .red : .plain),
                .init(Quantity.grouped(run.skipped)), .init(Quantity.grouped(run.upToDate)), .init(took ?? "–"),
            ])
        }
        return table.lines(width: width, style: style)
    }

    static func json(_ item: HistoryItem) -> JSON {
        .object([
            ("version", .int(item.version.number)), ("published", .optional(item.published.map(Timestamp.iso8601))),
            ("operation", .string(item.operation)), ("engine", .optional(item.engine)),
            ("run", .optional(item.record?.run.text)), ("fingerprint", .optional(item.record?.fingerprint.text)),
            ("rows_added", .optional(item.rowsAdded)), ("rows_removed", .optional(item.rowsRemoved)),
            ("account", .optional(item.record?.rows, \.json)),
            ("checks", .array((item.record?.checks ?? []).map(\.json))),
            ("inputs", .inputs(item.record?.inputs ?? [:])), ("bytes", .int(item.bytes)), ("files", .int(item.files)),
        ])
    }

    static func json(_ run: PastRun) -> JSON {
        .object([
            ("run", .string(run.run.text)), ("started", .string(Timestamp.iso8601(run.startedAt))),
            ("finished", .optional(run.finishedAt.map(Timestamp.iso8601))), ("outcome", .optional(run.outcome)),
            ("done", .int(run.done)), ("failed", .int(run.failed)), ("skipped", .int(run.skipped)),
            ("up_to_date", .int(run.upToDate)),
        ])
    }

    private static func rows(of item: HistoryItem) -> String {
        (item.record?.rows.published ?? item.rowsAdded).map(Quantity.grouped) ?? "–"
    }

    private static func checks(_ outcomes: [CheckOutcome]) -> TextTable.Cell {
        guard !outcomes.isEmpty else { return "" }
        let unhappy = outcomes.count { $0.status != .passed }
        let passed = outcomes.count - unhappy
        return unhappy == 0
            ? .init("\(passed) passed", .green) : .init("\(passed) passed, \(unhappy) not", .yellow)
    }

    private static func inputs(_ inputs: [DatasetName: PinnedVersion]) -> String {
        inputs.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value.version)" }.joined(separator: " ")
    }

    private static func outcome(_ outcome: String?) -> TextTable.Cell {
        switch outcome {
        case "done": .init("done", .green)
        case "failed": .init("failed", .red)
        case "nothing_to_do": .init("nothing to do", .faint)
        case let word?: .init(word, .yellow)
        case nil: .init("running", .cyan)
        }
    }
}
