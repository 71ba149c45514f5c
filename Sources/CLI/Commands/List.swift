import ArgumentParser
import Millrace
import Planning
import Project
import Recording

struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the datasets and how they stand.")

    @OptionGroup var datasets: SelectionOptions
    @Flag(name: .long, help: "Write only their names.") var names = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        if names, datasets.value.isEverything, !console.isJSON {
            // The project alone knows its names; completion in a shell should not wait for the store.
            return try console.print(workspace.project.datasets.map(\.name.text))
        }
        let listings = try await workspace.list(datasets.value)
        if console.isJSON { return try console.print(.array(listings.map(json))) }
        if names { return try console.print(listings.map(\.name.text)) }
        guard !listings.isEmpty else { return try console.print("no dataset is selected") }
        try console.print(table(listings).lines(width: console.width, style: console.style))
    }

    private func table(_ listings: [DatasetListing]) -> TextTable {
        let hasQuarantine = listings.contains { ($0.quarantined ?? 0) > 0 }
        let hasDescriptions = listings.contains { $0.description != nil }
        var columns: [TextTable.Column] = [
            .init("dataset"), .init("step", isFirm: true), .init("state", isFirm: true),
            .init("version", .right, isFirm: true), .init("rows", .right, isFirm: true),
        ]
        let hasPartitions = listings.contains { $0.partitions != nil }
        if hasPartitions { columns.append(.init("partitions", .right, isFirm: true)) }
        if hasQuarantine { columns.append(.init("quarantined", .right, isFirm: true)) }
        columns += [.init("size", .right, isFirm: true), .init("published", isFirm: true)]
        if hasDescriptions { columns.append(.init("description")) }
        var table = TextTable(columns)
        let now = currentMilliseconds()
        for listing in listings {
            var row: [TextTable.Cell] = [
                .init(listing.name.text, .bold), .init(listing.kind), .init(listing.state, paint(listing.state)),
                .init(listing.version.map { "\($0)" } ?? "–"), .init(listing.rows.map(Quantity.grouped) ?? "–"),
            ]
            if hasPartitions {
                row.append(
                    .init(
                        listing.partitions.map { "\(Quantity.grouped($0.made)) of \(Quantity.grouped($0.due))" } ?? ""))
            }
            if hasQuarantine {
                let refused = listing.quarantined ?? 0
                row.append(refused > 0 ? .init(Quantity.grouped(refused), .yellow) : "")
            }
            row += [
                .init(listing.bytes.map(Quantity.bytes) ?? "–"),
                .init(listing.published.map { Timestamp.ago($0, now: now) } ?? "–"),
            ]
            if hasDescriptions { row.append(.init(firstLine(listing.description ?? ""), .faint)) }
            table.add(row)
        }
        return table
    }

    private func firstLine(_ text: String) -> String {
        text.split(separator: "\n").first.map(String.init) ?? ""
    }

    private func paint(_ state: String) -> Paint {
        switch state {
        case "new": .cyan
        case "stale": .yellow
        default: .green
        }
    }

    private func json(_ listing: DatasetListing) -> JSON {
        .object([
            ("name", .string(listing.name.text)), ("kind", .string(listing.kind)),
            ("description", .optional(listing.description)), ("tags", .strings(listing.tags)),
            ("state", .string(listing.state)), ("version", .optional(listing.version?.number)),
            ("rows", .optional(listing.rows)), ("bytes", .optional(listing.bytes)),
            ("quarantined", .optional(listing.quarantined)),
            (
                "partitions",
                .optional(listing.partitions) { .object([("made", .int($0.made)), ("due", .int($0.due))]) }
            ),
            ("published", .optional(listing.published.map(Timestamp.iso8601))),
        ])
    }
}
