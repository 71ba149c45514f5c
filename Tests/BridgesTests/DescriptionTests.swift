import Project
import Testing
import Timetable

@testable import Bridges

@Suite("What a file is made from")
struct DescriptionTests {
    @Test("without triggers there is one flow of all tasks, which people start")
    func noTriggers() {
        #expect(Sample.small.flows.count == 1)
        #expect(Sample.small.flows[0].trigger == nil)
        #expect(Sample.small.flows[0].datasets.map(\.text) == ["raw", "clean"])
    }

    @Test("when no trigger starts everything, people still can")
    func partial() throws {
        let project = Sample.project(
            [Sample.dataset("a"), Sample.dataset("b")], triggers: [Sample.trigger("t", try Sample.cron("@daily"))])
        #expect(
            Sample.description(project, selections: ["t": ["a"]]).flows.map { $0.trigger?.name.value } == [nil, "t"])
        #expect(Sample.description(project).flows.map { $0.trigger?.name.value } == ["t"])
    }

    @Test("only what is selected has a task, and triggers that start none of it are left out")
    func selected() throws {
        let project = Sample.project(
            [Sample.dataset("a"), Sample.dataset("b")], triggers: [Sample.trigger("t", try Sample.cron("@daily"))])
        let description = Sample.description(project, inputs: ["b": ["a"]], only: ["b"], selections: ["t": ["a"]])
        #expect(description.tasks.map(\.dataset.text) == ["b"])
        #expect(description.tasks[0].inputs.isEmpty)
        #expect(description.flows.map { $0.trigger?.name.value } == [nil])
    }

    @Test("values from the environment are no part of a file", arguments: Orchestrator.allCases)
    func secrets(_ orchestrator: Orchestrator) {
        var project = Sample.project([Sample.dataset("a", "The key is s3cr3t-key.", tags: ["s3cr3t-key"])])
        project.redaction.add("s3cr3t-key", from: "KEY")
        let text = MarkedText.new(Sample.description(project).file(for: orchestrator))
        #expect(!text.contains("s3cr3t-key"))
        #expect(text.contains("The key is ${env:KEY}."))
    }

    @Test("the project's folder is told from the file's, not from the machine's root", arguments: Orchestrator.allCases)
    func place(_ orchestrator: Orchestrator) {
        func text(_ folder: String) -> String {
            Sample.description(Sample.project([Sample.dataset("a")]), folder: folder).file(for: orchestrator).generated
        }
        #expect(text("").contains("Path(__file__).resolve().parent)"))
        #expect(text("..").contains("Path(__file__).resolve().parents[1]"))
        #expect(text("../../data/shop").contains("Path(__file__).resolve().parents[2] / \"data/shop\""))
        #expect(!text("..").contains("/work"))
    }

    @Test("what an orchestrator cannot start by itself is a warning")
    func warnings() throws {
        let description = try Sample.large()
        #expect(
            description.file(for: .airflow).warnings.map(\.message) == [
                "Airflow cannot start 'both' by itself: it has no counterpart for a new version of flights and cron "
                    + "@daily (UTC)"
            ])
        #expect(description.file(for: .prefect).warnings.count == 2)
        #expect(description.file(for: .luigi).warnings.isEmpty)
    }

    @Test("a wide project stays readable: one task each, and their order written once")
    func wide() throws {
        let names = (0..<300).map { "d\($0)" }
        let project = Sample.project(
            names.map { Sample.dataset($0) },
            triggers: [
                Sample.trigger("a", try Sample.cron("@daily")), Sample.trigger("b", try Sample.cron("@hourly")),
            ])
        let description = Sample.description(
            project, order: names, inputs: Dictionary(uniqueKeysWithValues: names.dropFirst().map { ($0, ["d0"]) }))
        for orchestrator in Orchestrator.allCases {
            let lines = description.file(for: orchestrator).generated.split(separator: "\n")
            #expect(lines.count < 300 * 12)
            #expect(lines.allSatisfy { $0.count <= 88 })
        }
    }
}
