import Millrace
import Project
import Recording

/// Versions and runs as people and programs read them.
enum HistoryText {
    static func lines(_ items: [HistoryItem], width: Int?, style: TextStyle) -> [String] {
        guard !items.isEmpty else { return ["no version yet"] }
        let hasTags = items.contains { !$0.tags.isEmpty }
        var columns: [TextTable.Column] = [
            .init("version", .right, isFirm: true), .init("published", isFirm: true), .init("operation", isFirm: true),
            .init("rows", .right, isFirm: true), .init("quarantined", .right, isFirm: true),
            .init("size", .right, isFirm: true), .init("checks", isFirm: true),
        ]
        if hasTags { columns.append(.init("tags")) }
        columns += [.init("made from"), .init("run"), .init("step")]
        var table = TextTable(columns)
        for item in items {
            // What upkeep makes carries the record of a version before; its checks and rows are not its own.
            let own = item.upkeep == nil ? item.record : nil
            let refused = own?.rows.quarantined ?? 0
            var row: [TextTable.Cell] = [
                .init("\(item.version)", .bold), .init(item.published.map(Timestamp.utc) ?? "–"),
                .init(item.operation, item.upkeep == nil ? .plain : .cyan), .init(rows(of: item, own)),
                refused > 0 ? .init(Quantity.grouped(refused), .yellow) : "",
                .init(Quantity.bytes(item.bytes)), checks(own?.checks ?? []),
            ]
            if hasTags { row.append(.init(item.tags.joined(separator: " "), .cyan)) }
            row += [
                .init(inputs(own), .faint),
                .init(own?.run.text ?? (item.upkeep == nil ? item.engine ?? "another tool" : ""), .faint),
                .init(own.map { "\($0.fingerprint)" } ?? "", .faint),
            ]
            table.add(row)
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
            ("operation", .string(item.operation)), ("upkeep", .optional(item.upkeep)),
            ("engine", .optional(item.engine)), ("tags", .strings(item.tags)),
            ("run", .optional(item.record?.run.text)), ("fingerprint", .optional(item.record?.fingerprint.text)),
            ("rows_added", .optional(item.rowsAdded)), ("rows_removed", .optional(item.rowsRemoved)),
            ("account", .optional(item.record?.rows, \.json)),
            ("checks", .array((item.record?.checks ?? []).map(\.json))),
            ("inputs", .inputs(item.record?.inputs ?? [:])), ("foreign", .foreign(item.record?.foreign ?? [:])),
            ("sources", .optional(item.record?.sources, \.json)), ("bytes", .int(item.bytes)),
            ("files", .int(item.files)), ("files_removed", .int(item.filesRemoved)),
        ])
    }

    static func json(_ run: PastRun) -> JSON {
        .object([
            ("run", .string(run.run.text)), ("cause", .optional(run.cause)),
            ("queued", .optional(run.queuedAt.map(Timestamp.iso8601))),
            ("started", .string(Timestamp.iso8601(run.startedAt))),
            ("finished", .optional(run.finishedAt.map(Timestamp.iso8601))), ("outcome", .optional(run.outcome)),
            ("done", .int(run.done)), ("failed", .int(run.failed)), ("skipped", .int(run.skipped)),
            ("up_to_date", .int(run.upToDate)), ("processes", .int(run.processes)),
        ])
    }

    /// The rows that a run published; of upkeep how many more or fewer there are since, of others what came and went.
    private static func rows(of item: HistoryItem, _ own: VersionRecord?) -> String {
        if let own { return Quantity.grouped(own.rows.published) }
        guard item.upkeep != nil, let added = item.rowsAdded, let removed = item.rowsRemoved else {
            let parts = [signed("+", item.rowsAdded), signed("-", item.rowsRemoved)]
            return parts.compactMap(\.self).joined(separator: " ")
        }
        return signed(added > removed ? "+" : "-", abs(added - removed)) ?? ""
    }

    private static func signed(_ sign: String, _ rows: Int?) -> String? {
        rows.flatMap { $0 > 0 ? sign + Quantity.grouped($0) : nil }
    }

    private static func checks(_ outcomes: [CheckOutcome]) -> TextTable.Cell {
        guard !outcomes.isEmpty else { return "" }
        let unhappy = outcomes.count { $0.status != .passed }
        let passed = outcomes.count - unhappy
        return unhappy == 0
            ? .init("\(passed) passed", .green) : .init("\(passed) passed, \(unhappy) not", .yellow)
    }

    private static func inputs(_ record: VersionRecord?) -> String {
        guard let record else { return "" }
        let inputs = record.inputs.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value.version)" }
        let foreign = (record.foreign ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value.version)" }
        let files = record.sources.map { [Quantity.count($0.files, "file")] } ?? []
        return (inputs + foreign + files).joined(separator: " ")
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
