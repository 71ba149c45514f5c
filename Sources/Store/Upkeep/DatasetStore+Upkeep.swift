import DeltaLog
import ObjectStore
import Project

extension DatasetStore {
    /// The program that commits an upkeep.
    var engineName: String { "Millrace" }

    /// The newest version of a table that can be written to, and what the commit of an upkeep says of its rows.
    ///
    /// - Throws: `noTable`, `newerProtocol`.
    func upkeepBase(
        of table: TableFolder, _ operation: String, changesRows: Bool
    ) async throws(StoreError) -> (base: Snapshot, note: UpkeepNote) {
        guard let head = try await head(of: table.name) else { throw noTable(table) }
        guard let base = try await state(of: table, at: head.pinned.version.number) else { throw noTable(table) }
        do {
            try base.checkWritable()
        } catch {
            throw StoreError(error, dataset: table.name, folder: objects.location(of: table.path))
        }
        let note = UpkeepNote(
            operation, changesRows: changesRows, record: head.record, dataVersion: head.dataVersion.number)
        return (base, note)
    }

    func noTable(_ table: TableFolder) -> StoreError {
        StoreError(
            .noTable, dataset: table.name, path: objects.location(of: table.path),
            message: "\(table.name) has no version yet", hint: "Run the step that makes it: millrace run \(table.name)")
    }
}
