package import Timetable

/// Reads the tests of schedules in a project's `tests/`.
package struct ScheduleTestReader {
    /// Where they are looked for, below the project's folder.
    package static let folder = "tests"

    private let project: Project
    private let files: any ProjectFiles
    private let zones: ZoneDatabase
    private let context: ReadingContext

    package init(project: Project, files: any ProjectFiles = DiskFiles(), zones: ZoneDatabase = .ofThisMachine) {
        self.project = project
        self.files = files
        self.zones = zones
        context = ReadingContext(root: project.root, files: files, environment: Environment([:]), machineMemory: 0)
    }

    /// The absolute paths of the files in `tests/`.
    package func paths() -> [String] {
        ["yaml", "yml"].flatMap { Glob("\(project.root)/\(Self.folder)/**/*.\($0)").matches(in: files) }.sorted()
    }

    /// The tests in some files, in their order, and all that is wrong with them.
    /// - Parameter paths: absolute.
    package func read(_ paths: [String]) -> (tests: [ScheduleTest], diagnostics: [Diagnostic]) {
        var tests: [ScheduleTest] = []
        for path in paths {
            guard let file = context.source(path, namedAt: nil) else { continue }
            var document = YAMLDocument(file)
            let root = document.root()
            context.add(document.diagnostics)
            guard let root, !root.isNull else {
                if document.diagnostics.isEmpty { context.error("this file is empty", at: .wholeFile(file.path)) }
                continue
            }
            guard let items = root.list else {
                context.error(
                    "a file of tests is a list, not \(root.found)", at: root.span, hint: "begin with '- test: …'")
                continue
            }
            tests += items.compactMap(test)
        }
        return (tests, context.diagnostics)
    }

    private func test(_ item: YAMLNode) -> ScheduleTest? {
        guard
            let values = FieldValues(
                item, as: FieldRegistry.scheduleTest, named: "test", at: item.span, in: context)
        else { return nil }
        let name = values.text("test")
        let trigger = values.located("trigger").flatMap(known)
        let zone = trigger.flatMap { clock(of: $0) } ?? .utc
        func moment(_ name: String) -> Located<Int>? { values.located(name).flatMap { self.moment($0, zone) } }
        let (from, to) = (moment("from"), moment("to"))
        let outages = values.texts("outages").compactMap { outage($0, zone) }
        let runTakes = values.duration("run_takes") ?? 0
        let expectation = expectation(values, zone)
        if let from, let to, to.value <= from.value {
            context.error("'to' is not after 'from'", at: to.span, hint: "give the test some time")
            return nil
        }
        guard let name, let trigger, let from, let to, let expectation else { return nil }
        return ScheduleTest(
            name: name, trigger: trigger.name.value, from: from.value, to: to.value, expectation: expectation.value,
            outages: outages, runTakes: runTakes, span: expectation.span)
    }

    private func known(_ written: Located<String>) -> Trigger? {
        if let trigger = project.triggers.first(where: { $0.name.value == written.value }) { return trigger }
        let names = project.triggers.map(\.name.value)
        context.error(
            "there is no trigger '\(written.value)'", at: written.span,
            hint: context.suggestion(
                for: written.value, among: names,
                otherwise: names.isEmpty ? "the project has none" : "the triggers are \(names.joined(separator: ", "))")
        )
        return nil
    }

    private func clock(of trigger: Trigger) -> ZoneRules? {
        for case .cron(_, let name) in trigger.condition.leaves { return zones.zone(name) }
        return nil
    }

    private func expectation(_ values: FieldValues, _ zone: ZoneRules) -> Located<ScheduleTest.Expectation>? {
        if let fires = values.entry("fires"), let count = values.entry("count") {
            context.error(
                "a test has 'fires' or 'count', not both", at: count.span,
                notes: ["'fires' is at \(ReadingContext.place(of: fires.span))"], hint: "keep one of them")
            return nil
        }
        if let count = values.entry("count") {
            return values.integer("count").map { Located(.count($0), at: count.span) }
        }
        guard let fires = values.entry("fires") else { return nil }
        guard let items = fires.value.list else {
            context.error(
                "'fires' takes a list of times, not \(fires.value.found)", at: fires.value.span,
                hint: "'fires: []' says that it does not fire")
            return nil
        }
        let texts = items.isEmpty ? [] : values.texts("fires")
        let times = texts.compactMap { moment($0, zone)?.value }
        guard times.count == items.count else { return nil }
        return Located(.times(times), at: fires.span)
    }

    // MARK: Times

    private func moment(_ written: Located<String>, _ zone: ZoneRules) -> Located<Int>? {
        if let moment = MomentText.milliseconds(written.value, in: zone) { return Located(moment, at: written.span) }
        context.error(
            "'\(written.value)' is no time of the time zone \(zone.name)", at: written.span,
            hint: "write 2026-10-25, 2026-10-25T02:00 or 2026-10-25T02:00+01:00")
        return nil
    }

    private func outage(_ written: Located<String>, _ zone: ZoneRules) -> Range<Int>? {
        guard let dots = written.value.firstRange(of: ".."),
            let from = moment(Located(String(written.value[..<dots.lowerBound]), at: written.span), zone),
            let to = moment(Located(String(written.value[dots.upperBound...]), at: written.span), zone),
            from.value < to.value
        else {
            if written.value.firstRange(of: "..").map({ _ in context.diagnostics.last?.span != written.span }) ?? true {
                context.error(
                    "'\(written.value)' is no stretch of time", at: written.span,
                    hint: "write FROM..TO, for example 2026-10-25T00:00Z..2026-10-25T06:00Z")
            }
            return nil
        }
        return from.value..<to.value
    }
}
