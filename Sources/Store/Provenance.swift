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
    /// The upkeep that the commit is, as the log names it: `OPTIMIZE`, …; the record is that of an older version then.
    var upkeep: String?
    /// The newest version that changed rows, where the commit says so: itself or an older one.
    var dataVersion: Int?
    /// Whether `commitInfo` says that no file came or went.
    private(set) var movesNoFiles = false

    init(_ commit: Commit) {
        for action in commit.actions {
            switch action {
            case .metadata(let metadata): table = metadata.id
            case .commitInfo(let info): read(info)
            default: continue
            }
        }
    }

    init(_ info: JSONObject) { read(info) }

    private mutating func read(_ info: JSONObject) {
        guard let value = info[Self.member], let object = value.object else { return }
        table = table ?? object["table"]?.text
        upkeep = object["upkeep"]?.text
        dataVersion = object["dataVersion"]?.int
        // A record that a newer Millrace wrote in another way counts as none: the step is stale then.
        record = try? JSONValueDecoder.decode(VersionRecord.self, from: value)
        let metrics = info["operationMetrics"]?.object
        movesNoFiles = metrics?["numFiles"]?.text == "0" && metrics?["numRemovedFiles"]?.text == "0"
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
