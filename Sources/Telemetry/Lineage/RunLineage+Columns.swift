import Millrace
import Project
import Queries
import Recording
import Running

/// From which columns those of a step's table are made.
extension RunLineage {
    /// Nil when that is not known.
    func columnLineage(of result: StepResult) -> JSON? {
        guard let lineage = columns?[result.dataset], !lineage.columns.isEmpty else { return nil }
        let made = Set(result.columns.map { $0.name.lowercased() })
        let fields = lineage.columns.filter { made.contains($0.name.lowercased()) }.map { column in
            (column.name, JSON.object([("inputFields", .array(inputFields(column.origins, of: result)))]))
        }
        var pieces: [(String, JSON)] = [("fields", .object(fields))]
        // What decides over rows decides over all columns: it is told once.
        let rows = inputFields(lineage.rows, of: result)
        if !rows.isEmpty { pieces.append(("dataset", .array(rows))) }
        return facets.facet("ColumnLineageDatasetFacet", "1-2-0", pieces)
    }

    private func inputFields(_ origins: [ColumnOrigin], of result: StepResult) -> [JSON] {
        var fields: [JSON] = []
        for origin in origins {
            let transformations = origin.kinds.map { kind in
                JSON.object([
                    ("type", .string(kind.isDirect ? "DIRECT" : "INDIRECT")),
                    ("subtype", .string(kind.rawValue.uppercased())),
                ])
            }
            for place in places(of: origin, result) {
                for name in names(of: origin, result) {
                    fields.append(
                        .object([
                            ("namespace", .string(place.namespace)), ("name", .string(place.name)),
                            ("field", .string(name)), ("transformations", .array(transformations)),
                        ]))
                }
            }
        }
        return fields
    }

    private func places(of origin: ColumnOrigin, _ result: StepResult) -> [LineagePlace] {
        switch origin.place {
        case .dataset: DatasetName(origin.name).map { [LineagePlace($0, in: project.store)] } ?? []
        case .delta: [LineagePlace(project.location(of: origin.name))]
        case .files: filePlaces(of: project.dataset(result.dataset)?.step.ingest)
        }
    }

    /// One that stands for all columns of its table is told as these, where they are known.
    private func names(of origin: ColumnOrigin, _ result: StepResult) -> [String] {
        if let column = origin.column { return [column] }
        guard origin.place == .dataset, let name = DatasetName(origin.name) else { return [] }
        return result.inputColumns[name]?.map(\.name) ?? []
    }
}
