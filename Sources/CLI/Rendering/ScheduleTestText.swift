import Project
import Recording
import Scheduling
import Timetable

/// The verdicts of schedule tests as people and programs read them.
struct ScheduleTestText {
    let project: Project

    /// What was expected and what happened, at the place of the expectation.
    func failure(_ verdict: ScheduleTest.Verdict) -> Diagnostic {
        let test = verdict.test
        let (expected, actual): (String, String)
        switch test.expectation {
        case .times(let times):
            expected = list(times, test)
            actual = list(verdict.times, test)
        case .count(let count):
            expected = Quantity.count(count, "time")
            actual =
                Quantity.count(verdict.times.count, "time")
                + (verdict.times.isEmpty ? "" : ": " + list(verdict.times, test))
        }
        return .error(
            "\(test.name): '\(test.trigger)' fires otherwise", at: test.span,
            notes: ["expected \(expected)", "actual   \(actual)"],
            hint: "'millrace simulate' tells what every trigger does, and why")
    }

    func json(_ verdict: ScheduleTest.Verdict) -> JSON {
        let test = verdict.test
        let expected: JSON =
            switch test.expectation {
            case .times(let times): .array(times.map { .string(text($0, test)) })
            case .count(let count): .int(count)
            }
        return .object([
            ("test", .string(test.name)), ("trigger", .string(test.trigger)), ("passed", .bool(verdict.isPassed)),
            ("file", .string(test.span.file.path)), ("line", .int(test.span.line)), ("expected", expected),
            ("actual", .array(verdict.times.map { .string(text($0, test)) })),
        ])
    }

    /// The first times; a schedule of minutes has thousands.
    private func list(_ times: [Int], _ test: ScheduleTest) -> String {
        guard !times.isEmpty else { return "never" }
        let shown = times.prefix(20).map { text($0, test) }.joined(separator: ", ")
        return shown + (times.count > 20 ? ", … (\(Quantity.grouped(times.count)) in all)" : "")
    }

    private func text(_ moment: Int, _ test: ScheduleTest) -> String {
        let trigger = project.triggers.first { $0.name.value == test.trigger }
        return MomentText.text(moment, in: trigger?.condition.zone(from: .ofThisMachine) ?? .utc)
    }
}
