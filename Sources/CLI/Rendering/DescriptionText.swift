import Millrace
import Project
import Recording
import Store
import Timetable

/// What `show` tells a person.
struct DescriptionText {
    private let description: DatasetDescription
    private let style: TextStyle
    private let width: Int?
    private let allFiles: Bool

    private static let fewFiles = 5

    init(_ description: DatasetDescription, style: TextStyle, width: Int?, allFiles: Bool) {
        self.description = description
        self.style = style
        self.width = width
        self.allFiles = allFiles
    }

    func lines() -> [String] {
        headline + facts + columns + checks + files
    }

    private var headline: [String] {
        var line = style.bold(description.name.text)
        if let version = description.version {
            line += "  version \(version) of \(Quantity.count(description.versionCount, "version"))"
            let tags = description.versionTags.filter { $0.version == version }.map(\.tag)
            if !tags.isEmpty { line += "  " + style.cyan(tags.joined(separator: ", ")) }
        } else {
            line += "  " + style.cyan("no version yet")
        }
        let text = description.description.map { text in
            text.split(separator: "\n").map { TextWidth.harmless(String($0)) }
        }
        return [line] + (text ?? []) + [""]
    }

    private var facts: [String] {
        var facts: [(String, String)] = []
        if let rows = description.rows { facts.append(("rows", Quantity.grouped(rows) + accounted)) }
        if let bytes = description.bytes {
            facts.append(("size", "\(Quantity.bytes(bytes)) in \(Quantity.count(description.files.count, "file"))"))
        }
        if let published = description.published {
            let by = description.upkeep.map { ", by \($0)" } ?? ""
            facts.append(
                (
                    "published",
                    "\(Timestamp.utc(published)), \(Timestamp.ago(published, now: currentMilliseconds()))\(by)"
                ))
        }
        if let splits = description.record?.splits, !splits.isEmpty {
            facts.append(("splits", SplitText.shares(splits)))
        }
        if let quarantine = description.quarantine, let rows = quarantine.rows, rows > 0 {
            facts.append(("quarantine", "\(Quantity.count(rows, "row")) in \(quarantine.location)"))
        }
        if !description.key.isEmpty { facts.append(("key", description.key.joined(separator: ", "))) }
        if !description.partitionBy.isEmpty {
            facts.append(("partitions", "by \(description.partitionBy.joined(separator: ", "))"))
        }
        if let partitions = description.partitions {
            facts.append((description.partitionBy.isEmpty ? "partitions" : "made by", "by \(partitions.scheme)"))
            facts.append(("made", "\(partitions.made)"))
            if !partitions.missing.isEmpty { facts.append(("missing", "\(partitions.missing)")) }
            if !partitions.outdated.isEmpty {
                facts.append(("outdated", "\(partitions.outdated), made by an earlier definition"))
            }
        }
        if !description.tags.isEmpty { facts.append(("tags", description.tags.joined(separator: ", "))) }
        if !description.versionTags.isEmpty {
            let tags = description.versionTags.map { "\($0.tag) (version \($0.version))" }
            facts.append(("kept as", tags.joined(separator: ", ")))
        }
        if !sources.isEmpty { facts.append(("made from", sources.joined(separator: ", "))) }
        facts.append(("step", "\(description.kind), in \(description.definedIn)"))
        // The embedded engine goes without saying.
        if let engine = description.record?.engine, engine.software != "DuckDB" {
            facts.append(("engine", "\(engine.name) (\(engine.software) \(engine.version))"))
        }
        if let way { facts.append(("mode", way)) }
        if let policy = description.schemaPolicy { facts.append(("schema", policy)) }
        if !description.needs.isEmpty {
            facts.append(("needs", description.needs.map(\.text).joined(separator: ", ")))
        }
        if !description.neededFor.isEmpty {
            facts.append(("needed for", description.neededFor.map(\.text).joined(separator: ", ")))
        }
        facts.append(("location", description.location))
        return facts.map { "  " + style.faint(TextWidth.padded($0.0, to: 10)) + "  " + $0.1 }
    }

    /// What the version was made from, each at its version.
    private var sources: [String] {
        guard let record = description.record else { return [] }
        let inputs = record.inputs.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value.version)" }
        let foreign = (record.foreign ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value.version)" }
        let files = record.sources.map { ["\(Quantity.count($0.files, "file")), \(Quantity.bytes($0.bytes))"] } ?? []
        return inputs + foreign + files
    }

    /// How a run's rows become a version; nil for the usual way.
    private var way: String? {
        guard description.mode != "replace" || description.incremental != nil else { return nil }
        return description.mode + (description.incremental.map { ", with what is new in \($0)" } ?? "")
    }

    private var accounted: String {
        guard let account = description.record?.rows, account.quarantined > 0 else { return "" }
        let share = Quantity.share(account.quarantined, of: account.read).map { " (\($0))" } ?? ""
        return
            " of \(Quantity.grouped(account.read)) read; \(Quantity.grouped(account.quarantined)) quarantined\(share)"
    }

    private var columns: [String] {
        guard !description.columns.isEmpty else { return [] }
        var table = TextTable([.init("column"), .init("type"), .init("description")])
        if !description.columns.contains(where: { $0.description != nil }) { table.columns.removeLast() }
        for column in description.columns {
            table.add([
                .init(column.name, .bold), .init(column.type, .cyan),
                .init(column.description ?? "", .faint),
            ])
        }
        return [""] + table.lines(width: width, indent: 2, style: style)
    }

    private var checks: [String] {
        guard let outcomes = description.record?.checks, !outcomes.isEmpty else { return [] }
        var table = TextTable([.init(""), .init("check"), .init("found")])
        for outcome in outcomes {
            let (mark, paint): (String, Paint) =
                switch outcome.status {
                case .passed: ("✓", .green)
                case .warned: ("!", .yellow)
                case .quarantined: ("»", .yellow)
                case .failed: ("✗", .red)
                }
            table.add([.init(mark, paint), .init(outcome.name), .init(found(outcome), .faint)])
        }
        return [""] + table.lines(width: width, indent: 2, style: style)
    }

    private func found(_ outcome: CheckOutcome) -> String {
        if outcome.status == .passed, outcome.message == nil {
            return outcome.looked.map { Quantity.count($0, "row") + " looked at" }
                ?? outcome.value.map(Quantity.value) ?? ""
        }
        return CheckText.finding(of: outcome)
    }

    private var files: [String] {
        guard !description.files.isEmpty else { return [] }
        let shown = allFiles ? description.files[...] : description.files.prefix(Self.fewFiles)
        var lines = ["", "  " + style.bold("files")] + shown.map { "  " + $0.path }
        let rest = description.files.count - shown.count
        if rest > 0 { lines.append("  " + style.faint("… and \(Quantity.grouped(rest)) more (--files lists them)")) }
        return lines
    }
}
