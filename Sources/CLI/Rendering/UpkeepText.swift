import Millrace
import Project
import Recording

/// What the commands that look after the store say.
enum UpkeepText {
    // MARK: optimize

    /// `✓ flights  version 8  412 files → 3  1.2 GB → 1.1 GB`
    static func line(_ outcome: OptimizeOutcome, style: TextStyle) -> String {
        let version = outcome.version.map { "version \($0)  " } ?? ""
        return "\(style.green("✓")) \(style.bold(outcome.table.text))  \(version)"
            + "\(Quantity.count(outcome.filesBefore, "file")) → \(Quantity.grouped(outcome.filesAfter))  "
            + "\(Quantity.bytes(outcome.bytesBefore)) → \(Quantity.bytes(outcome.bytesAfter))"
    }

    static func summary(_ outcomes: [OptimizeOutcome]) -> String {
        guard !outcomes.isEmpty else { return "nothing to do: no dataset selected has a version yet" }
        let done = outcomes.count { $0.version != nil }
        let rest = outcomes.count - done
        guard done > 0 else {
            return "nothing to do: the files of \(Quantity.count(rest, "table")) are as they should be"
        }
        return "\(Quantity.count(done, "table")) optimized"
            + (rest > 0 ? ", nothing to do in \(Quantity.grouped(rest))" : "")
    }

    static func json(_ outcome: OptimizeOutcome) -> JSON {
        .object([
            ("table", .string(outcome.table.text)), ("version", .optional(outcome.version?.number)),
            ("files_before", .int(outcome.filesBefore)), ("files_after", .int(outcome.filesAfter)),
            ("bytes_before", .int(outcome.bytesBefore)), ("bytes_after", .int(outcome.bytesAfter)),
        ])
    }

    // MARK: vacuum

    private static let fewPaths = 5

    /// `✓ flights  12 files, 1.2 GB deleted`; in a dry run with the first of the files.
    static func lines(_ outcome: VacuumOutcome, dryRun: Bool, style: TextStyle) -> [String] {
        let amount = "\(Quantity.count(outcome.files, "file")), \(Quantity.bytes(outcome.bytes))"
        guard dryRun else {
            return ["\(style.green("✓")) \(style.bold(outcome.table.text))  \(amount) deleted"]
        }
        var lines = ["  \(style.bold(outcome.table.text))  \(amount) would be deleted"]
        lines += outcome.paths.prefix(fewPaths).map { "    " + TextWidth.harmless($0) }
        if outcome.files > fewPaths {
            lines.append("    " + style.faint("… and \(Quantity.grouped(outcome.files - fewPaths)) more"))
        }
        return lines
    }

    static func summary(_ outcomes: [VacuumOutcome], dryRun: Bool) -> String {
        let files = outcomes.reduce(0) { $0 + $1.files }
        let tables = Quantity.count(outcomes.count, "table")
        guard files > 0 else {
            return outcomes.isEmpty
                ? "nothing to do: no dataset selected has a version yet"
                : "nothing to do: every file of \(tables) is needed"
        }
        let amount = "\(Quantity.count(files, "file")), \(Quantity.bytes(outcomes.reduce(0) { $0 + $1.bytes }))"
        return "\(amount) \(dryRun ? "would be deleted" : "deleted"); \(tables) looked through"
    }

    static func json(_ outcome: VacuumOutcome) -> JSON {
        .object([
            ("table", .string(outcome.table.text)), ("files", .int(outcome.files)), ("bytes", .int(outcome.bytes)),
            ("retention_ms", .int(outcome.retention)), ("paths", .strings(outcome.paths)),
        ])
    }

    // MARK: restore

    static func lines(_ outcome: RestoreOutcome, style: TextStyle) -> [String] {
        guard let version = outcome.version else {
            return ["nothing to do: version \(outcome.restored) of \(outcome.dataset) is live"]
        }
        let rows = outcome.rows.map { Quantity.count($0, "row") } ?? "its rows"
        let before = outcome.rowsBefore.map { " with \(Quantity.count($0, "row"))" } ?? ""
        return [
            "\(style.green("✓")) \(style.bold(outcome.dataset.text))  version \(version) is version "
                + "\(outcome.restored) again: \(rows)",
            "  version \(outcome.before)\(before) was live before: millrace restore "
                + "\(outcome.dataset)@\(outcome.before) takes this back",
        ]
    }

    static func warning(_ outcome: RestoreOutcome) -> Diagnostic? {
        guard outcome.version != nil, !outcome.staleBecause.isEmpty else { return nil }
        return .warning(
            "the next 'run' makes '\(outcome.dataset)' anew: \(outcome.staleBecause.joined(separator: ", "))",
            hint: "leave it out with --exclude \(outcome.dataset), or bring its definition and inputs back too")
    }

    static func json(_ outcome: RestoreOutcome) -> JSON {
        .object([
            ("dataset", .string(outcome.dataset.text)), ("version", .optional(outcome.version?.number)),
            ("restored", .int(outcome.restored.number)), ("before", .int(outcome.before.number)),
            ("rows", .optional(outcome.rows)), ("rows_before", .optional(outcome.rowsBefore)),
            ("stale_because", .strings(outcome.staleBecause)),
        ])
    }

    // MARK: delete

    static func line(_ outcome: DeleteOutcome, dryRun: Bool, style: TextStyle) -> String {
        guard outcome.rows > 0 else { return "nothing to do: no row of \(outcome.dataset) meets the condition" }
        let rows = Quantity.count(outcome.rows, "row")
        var files: [String] = []
        if outcome.filesRewritten > 0 {
            files.append(Quantity.count(outcome.filesRewritten, "file") + (dryRun ? " to write anew" : " written anew"))
        }
        if outcome.filesRemoved > 0 {
            files.append(Quantity.count(outcome.filesRemoved, "file") + (dryRun ? " to take out" : " taken out"))
        }
        let touched = files.isEmpty ? "" : "; " + files.joined(separator: ", ")
        guard !dryRun, let version = outcome.version else {
            return "\(rows) of \(outcome.dataset) would be deleted\(touched)"
        }
        return "\(style.green("✓")) \(style.bold(outcome.dataset.text))  version \(version): \(rows) deleted\(touched)"
    }

    static func warning(_ outcome: DeleteOutcome, dryRun: Bool) -> Diagnostic? {
        guard !dryRun, outcome.version != nil, outcome.comesBack else { return nil }
        return .warning(
            "the rows come back when a run makes '\(outcome.dataset)' anew",
            hint: "leave them out in its step, or in what it is made from")
    }

    static func json(_ outcome: DeleteOutcome, dryRun: Bool) -> JSON {
        .object([
            ("dataset", .string(outcome.dataset.text)), ("dry_run", .bool(dryRun)),
            ("version", .optional(outcome.version?.number)), ("rows", .int(outcome.rows)),
            ("files_rewritten", .int(outcome.filesRewritten)), ("files_removed", .int(outcome.filesRemoved)),
        ])
    }

    // MARK: tag

    static func json(_ tag: TagListing) -> JSON {
        .object([
            ("dataset", .string(tag.dataset.text)), ("tag", .string(tag.tag)), ("version", .int(tag.version.number)),
            ("time", .optional(tag.time.map(Timestamp.iso8601))),
        ])
    }
}
