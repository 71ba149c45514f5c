import Millrace
import Planning
import Project
import Scheduling
import Timetable

/// What the commands about schedules have in common: zones, moments, and what runs publish.
struct ScheduleTimes {
    /// The zone that times without one are in, and in which lists are shown.
    let zone: ZoneRules

    /// The zone that was asked for; else the one in which all triggers are, else UTC.
    /// - Throws: `Diagnostic` for a zone that is not there.
    init(_ triggers: [Trigger], zoneName: String?) throws {
        let zones = ZoneDatabase.ofThisMachine
        if let zoneName {
            guard let zone = zones.zone(zoneName) else {
                let near = Spelling.nearest(to: zoneName, among: zones.names())
                throw Diagnostic.error(
                    "there is no time zone '\(zoneName)'",
                    hint: near.map { "did you mean '\($0)'?" } ?? "write an IANA name such as Europe/Berlin or UTC")
            }
            self.zone = zone
            return
        }
        let used = triggers.compactMap { $0.condition.zone(from: zones) }
        let isCommon = Set(used.map(\.name)).count == 1
        zone = isCommon ? used.first ?? .utc : .utc
    }

    func moment(_ text: String, option: String) throws -> Int {
        if let moment = MomentText.milliseconds(text, in: zone) { return moment }
        throw Diagnostic.error(
            "\(option): '\(text)' is no time of the time zone \(zone.name)",
            hint: "write 2026-10-25, 2026-10-25T02:00 or 2026-10-25T02:00+01:00")
    }

    /// `FROM..TO`.
    func stretch(_ text: String, option: String) throws -> Range<Int> {
        guard let dots = text.firstRange(of: "..") else {
            throw Diagnostic.error(
                "\(option): '\(text)' is no stretch of time",
                hint: "write FROM..TO, for example 2026-10-25T00:00Z..2026-10-25T06:00Z")
        }
        let from = try moment(String(text[..<dots.lowerBound]), option: option)
        let to = try moment(String(text[dots.upperBound...]), option: option)
        guard from < to else { throw Diagnostic.error("\(option): '\(text)' ends before it begins") }
        return from..<to
    }

    func text(_ moment: Int) -> String { MomentText.text(moment, in: zone) }

    /// The trigger with a name.
    static func trigger(_ name: String, of project: Project) throws -> Trigger {
        if let trigger = project.triggers.first(where: { $0.name.value == name }) { return trigger }
        let names = project.triggers.map(\.name.value)
        let near = Spelling.nearest(to: name, among: names)
        throw Diagnostic.error(
            "there is no trigger '\(name)'",
            hint: near.map { "did you mean '\($0)'?" }
                ?? (names.isEmpty ? "the project has none" : "the triggers are \(names.joined(separator: ", "))"))
    }

    /// The datasets that each trigger's runs give a new version; looked up only where a trigger waits for one.
    static func published(in workspace: Workspace) async throws -> [String: [DatasetName]] {
        let triggers = workspace.project.triggers
        let waits = triggers.contains { trigger in
            trigger.condition.leaves.contains { leaf in
                if case .dataset = leaf { true } else { false }
            }
        }
        guard waits else { return [:] }
        var published: [String: [DatasetName]] = [:]
        for trigger in triggers {
            let selection = Selection(trigger.selection.isEmpty ? [] : [trigger.selection])
            published[trigger.name.value] = try await workspace.datasets(selection)
        }
        return published
    }
}
