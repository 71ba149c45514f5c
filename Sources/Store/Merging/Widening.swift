import DeltaLog
import Project

/// Columns that get a wider type. The files that are there are written anew with it, in the same commit, so that every
/// reader of Delta tables can read the table.
struct Widening {
    /// The table's columns afterwards.
    let schema: DeltaSchema
    /// The columns of files that are written anew: those that the table had, in their new types.
    let carriedSchema: DeltaSchema
    /// The same, for those who write the files.
    let columns: [Merge.Output.Column]

    /// Nil when no column needs a wider type.
    ///
    /// - Throws: `schemaMismatch`, which names each column that does not fit.
    init?(of snapshot: Snapshot, by new: DeltaSchema, dataset: DatasetName) throws(StoreError) {
        let table = snapshot.metadata.schema
        let change: SchemaChange
        do {
            change = try SchemaEvolution.merge(table: table, new: new, policy: .widen)
        } catch {
            throw StoreError(.schemaMismatch, dataset: dataset, message: "\(dataset): \(error)")
        }
        guard !change.widened.isEmpty else { return nil }
        let widened = Set(change.widened.compactMap { $0.name.split(separator: ".").first.map(String.init) })
        for column in snapshot.metadata.partitionColumns where widened.contains(column) {
            throw StoreError(
                .schemaMismatch, dataset: dataset,
                message: "\(dataset): the column \(column) is what the table is partitioned by, and keeps its type")
        }
        schema = change.schema
        let names = Set(table.fields.map(\.name))
        carriedSchema = DeltaSchema(fields: change.schema.fields.filter { names.contains($0.name) })
        columns = carriedSchema.fields.map { field in
            Merge.Output.Column(field, isCast: table[field.name]?.type.shape != field.type.shape)
        }
    }
}
