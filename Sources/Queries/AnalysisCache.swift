package import Project

/// What was found out about queries, kept between commands so that only what changed is looked at again. It may be
/// lost at any time: everything in it follows from the texts.
///
/// Its file has a line an entry: kind, key, fields, with tabs between them.
package struct AnalysisCache: Sendable {
    private var references: [String: TableReferences] = [:]
    private var columns: [String: [QueryColumn]] = [:]
    private var lineages: [String: ColumnLineage] = [:]
    private var used: Set<String> = []
    package private(set) var isChanged = false

    package init() {}

    /// The tables that a query names, if it was parsed before. Positions are not remembered: they change with the
    /// layout of the text.
    package mutating func references(of key: Fingerprint) -> TableReferences? {
        used.insert(key.text)
        return references[key.text]
    }

    package mutating func remember(_ found: TableReferences, of key: Fingerprint) {
        used.insert(key.text)
        references[key.text] = TableReferences(
            tables: found.tables.map { .init(name: $0.name, schema: $0.schema) },
            functions: found.functions.map { .init(name: $0.name) },
            foreign: found.foreign.map { .init(path: $0.path) })
        isChanged = true
    }

    /// The columns of a query's result over particular inputs, if it was bound before.
    package mutating func columns(of key: Fingerprint) -> [QueryColumn]? {
        used.insert(key.text)
        return columns[key.text]
    }

    package mutating func remember(_ found: [QueryColumn], of key: Fingerprint) {
        used.insert(key.text)
        columns[key.text] = found
        isChanged = true
    }

    /// What a query's columns are made from, if it was asked before for the same columns of its inputs.
    package mutating func lineage(of key: Fingerprint) -> ColumnLineage? {
        used.insert(key.text)
        return lineages[key.text]
    }

    package mutating func remember(_ found: ColumnLineage, of key: Fingerprint) {
        used.insert(key.text)
        lineages[key.text] = found
        isChanged = true
    }

    // MARK: The file

    private static let heading = "millrace analysis 2"

    /// Reads what `text(for:)` wrote; anything else is an empty cache.
    package init(text: String, engine: String) {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
        guard lines.first.map({ String(decoding: $0, as: UTF8.self) }) == "\(Self.heading) \(engine)" else { return }
        for line in lines.dropFirst() {
            let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard fields.count >= 2 else { continue }
            let rest = fields.dropFirst(2).map(Self.unescape)
            switch fields[0] {
            case "R":
                var index = 0
                var tables: [TableReferences.Reference] = []
                var functions: [TableReferences.Reference] = []
                var foreign: [TableReferences.ForeignTable] = []
                while index + 2 < rest.count {
                    let schema = rest[index + 2].isEmpty ? nil : rest[index + 2]
                    let reference = TableReferences.Reference(name: rest[index + 1], schema: schema)
                    switch rest[index] {
                    case "t": tables.append(reference)
                    case "d": foreign.append(.init(path: reference.name))
                    default: functions.append(reference)
                    }
                    index += 3
                }
                references[fields[1]] = TableReferences(
                    tables: tables, functions: functions, foreign: foreign)
            case "C":
                columns[fields[1]] = stride(from: 0, to: rest.count - 1, by: 2).map {
                    QueryColumn(name: rest[$0], type: rest[$0 + 1])
                }
            case "L": lineages[fields[1]] = ColumnLineage(cached: rest)
            default: continue
            }
        }
    }

    /// Forgets what nobody asked for since the cache was read. For those who ask for everything, so that the file does
    /// not grow for ever.
    /// - Parameter withLineages: whether lineages were asked for as well.
    package mutating func forgetUnused(withLineages: Bool = false) {
        let count = references.count + columns.count + lineages.count
        references = references.filter { used.contains($0.key) }
        columns = columns.filter { used.contains($0.key) }
        if withLineages { lineages = lineages.filter { used.contains($0.key) } }
        isChanged = isChanged || references.count + columns.count + lineages.count != count
    }

    /// The file's text.
    package func text(for engine: String) -> String {
        var lines = ["\(Self.heading) \(engine)"]
        for (key, found) in references.sorted(by: { $0.key < $1.key }) {
            let fields =
                found.tables.flatMap { ["t", $0.name, $0.schema ?? ""] }
                + found.functions.flatMap { ["f", $0.name, ""] }
                + found.foreign.flatMap { ["d", $0.path ?? "", ""] }
            lines.append((["R", key] + fields.map(Self.escape)).joined(separator: "\t"))
        }
        for (key, found) in columns.sorted(by: { $0.key < $1.key }) {
            let fields = found.flatMap { [$0.name, $0.type] }
            lines.append((["C", key] + fields.map(Self.escape)).joined(separator: "\t"))
        }
        for (key, found) in lineages.sorted(by: { $0.key < $1.key }) {
            lines.append((["L", key] + found.cached.map(Self.escape)).joined(separator: "\t"))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") }) else { return text }
        return text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\t": result += "\\t"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }

    private static func unescape(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var result = ""
        var escaped = false
        for character in text {
            if escaped {
                result.append(character == "t" ? "\t" : character == "n" ? "\n" : character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}

/// A column of a query's result.
package struct QueryColumn: Sendable, Hashable, Codable {
    package var name: String
    /// The type as DuckDB writes it: `DECIMAL(18,3)`, `STRUCT(a INTEGER)`.
    package var type: String

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }
}
