package import Project

/// A program that other teams run their pipelines with, and for which Millrace writes a file.
package enum Orchestrator: String, Sendable, CaseIterable {
    case airflow, prefect, luigi

    package var title: String {
        switch self {
        case .airflow: "Airflow"
        case .prefect: "Prefect"
        case .luigi: "Luigi"
        }
    }
}

/// What a file says, and what of the project it cannot say.
package struct DagFile: Sendable {
    /// The part between the marks: whole lines of Python.
    package var generated: String
    /// What stands below the marks in a new file, and belongs to the user from then on.
    package var ending: String
    package var warnings: [Diagnostic]
}

extension DagDescription {
    /// The file of an orchestrator. The same description always gives the same text.
    package func file(for orchestrator: Orchestrator) -> DagFile {
        switch orchestrator {
        case .airflow: AirflowFile(self).render()
        case .prefect: PrefectFile(self).render()
        case .luigi: LuigiFile(self).render()
        }
    }
}
