import DeltaLog
import Project

/// What the commit of an upkeep says about the rows that the table has: how they were made, by the newest record, and
/// since which version they are the same. So a head needs no look at older commits.
struct UpkeepNote {
    static let upkeepMember = "upkeep"
    static let dataVersionMember = "dataVersion"

    /// The operation as the log names it.
    let operation: String
    /// Whether the upkeep itself changes rows.
    let changesRows: Bool
    /// Whether the record is not that of the newest version, but that of one whose rows come back.
    private let bringsRecord: Bool
    private var record: VersionRecord?
    /// The newest version before the commit that changed rows.
    private var dataVersion: Int

    /// - Parameters:
    ///   - record: how the rows were made.
    ///   - bringsRecord: whether that is how they will have been made, whatever others commit meanwhile.
    ///   - dataVersion: the newest version that changed rows.
    init(
        _ operation: String, changesRows: Bool, record: VersionRecord?, bringsRecord: Bool = false, dataVersion: Int
    ) {
        self.operation = operation
        self.changesRows = changesRows
        self.record = record
        self.bringsRecord = bringsRecord
        self.dataVersion = dataVersion
    }

    /// Takes notice of a commit that came first.
    mutating func saw(_ commit: Commit, _ version: Int) {
        if !bringsRecord { record = Provenance(commit).record ?? record }
        if commit.changesRows { dataVersion = max(dataVersion, version) }
    }

    /// `commitInfo.millrace` of the commit of a version.
    func member(at version: Int, table: String) throws(StoreError) -> JSONValue {
        var object = JSONObject([("table", .string(table))])
        if let record { object = try Provenance.json(record, table: table).object ?? object }
        object[Self.upkeepMember] = .string(operation)
        object[Self.dataVersionMember] = .int(changesRows ? version : dataVersion)
        return .object(object)
    }
}
