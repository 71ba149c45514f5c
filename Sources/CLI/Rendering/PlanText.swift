import Planning
import Project
import Recording

/// A plan as people and programs read it.
enum PlanText {
    static func print(_ plan: Plan, all: Bool, console: Console) throws {
        if console.isJSON { return try console.print(json(plan)) }
        guard !plan.steps.isEmpty else { return try console.print("nothing to do: no dataset is selected") }
        let shown = all ? plan.steps : plan.toRun
        guard !shown.isEmpty else {
            let count = plan.steps.count
            return try console.print(
                "nothing to do: \(Quantity.count(count, "dataset")) \(count == 1 ? "is" : "are") up to date")
        }
        var table = TextTable([.init("dataset"), .init("version", .right, isFirm: true), .init("why"), .init("reads")])
        for step in shown {
            let runs = step.action == .run
            table.add([
                .init(step.dataset.text, runs ? .bold : .faint),
                .init(version(of: step), runs ? .plain : .faint),
                .init(step.reasons.map(\.description).joined(separator: ", "), runs ? paint(step.reasons) : .faint),
                .init(inputs(of: step), .faint),
            ])
        }
        try console.print(table.lines(width: console.width, style: console.style))
        let rest = plan.steps.count - plan.toRun.count
        var summary = "\(Quantity.count(plan.toRun.count, "dataset")) to make"
        if rest > 0 {
            summary += ", \(Quantity.grouped(rest)) up to date" + (all ? "" : " (--all lists them)")
        }
        try console.print(["", summary])
    }

    private static func json(_ plan: Plan) -> JSON {
        .object([
            ("to_run", .int(plan.toRun.count)), ("up_to_date", .int(plan.steps.count - plan.toRun.count)),
            ("steps", .array(plan.steps.map(\.json))),
        ])
    }

    private static func version(of step: Plan.Step) -> String {
        guard step.action == .run else { return step.current.map { "\($0.version)" } ?? "" }
        return step.current.map { "\($0.version) → \(step.next)" } ?? "\(step.next)"
    }

    private static func paint(_ reasons: [Plan.Reason]) -> Paint {
        reasons.contains(.new) ? .green : .yellow
    }

    private static func inputs(of step: Plan.Step) -> String {
        if let sources = step.sources {
            return "\(Quantity.count(sources.files, "file")), \(Quantity.bytes(sources.bytes))"
        }
        return (step.inputs.map(\.text) + step.foreign).joined(separator: ", ")
    }
}
