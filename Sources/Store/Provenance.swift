import DeltaLog
import FoundationEssentials
import Project

/// What a commit says about how it was made: `commitInfo.millrace`, which is the record and the table's id.
///
/// The id is there so that the newest commit alone identifies the table.
struct Provenance {
    static let member = "millrace"

    /// The table's id, as far as the commit tells.
    var table: String?
    var record: VersionRecord?

    init(_ commit: Commit) {
        for action in commit.actions {
            switch action {
            case .metadata(let metadata): table = metadata.id
            case .commitInfo(let info): read(info)
            default: continue
            }
        }
    }

    /// Nil when the line is no `commitInfo` of Millrace.
    init?(commitInfoLine line: ArraySlice<UInt8>) {
        guard let info = (try? JSONValue.parse(line))?.object?["commitInfo"]?.object else { return nil }
        read(info)
        guard record != nil, table != nil else { return nil }
    }

    init(_ info: JSONObject) { read(info) }

    private mutating func read(_ info: JSONObject) {
        guard let value = info[Self.member], let object = value.object else { return }
        table = table ?? object["table"]?.text
        // A record that a newer Millrace wrote in another way counts as none: the step is stale then.
        record = try? JSONValueDecoder.decode(VersionRecord.self, from: value)
    }

    /// The member for `commitInfo`.
    static func json(_ record: VersionRecord, table: String) throws(StoreError) -> JSONValue {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let encoded = try JSONValue.parse(Array(try encoder.encode(record)))
            var object = JSONObject([("table", .string(table))])
            object.members += encoded.object?.members ?? []
            return .object(object)
        } catch {
            throw StoreError(.inputOutput, message: "the record of the version cannot be written: \(error)")
        }
    }
}
