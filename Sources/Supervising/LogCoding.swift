import FoundationEssentials
import Project
import Recording
import Scheduling

/// Entries of the scheduler as lines of its log: a kind, and the entry as JSON.
enum LogCoding {
    static func draft(_ entry: LogEntry, at now: Int) throws -> StateLog.Draft {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        let body = String(decoding: try encoder.encode(entry), as: UTF8.self)
        return StateLog.Draft(at: now, kind: entry.kind, body: body)
    }

    /// - Throws: `Diagnostic` when another version of Millrace has written it.
    static func entry(_ line: StateLog.Line) throws -> LoggedEntry {
        do {
            return LoggedEntry(at: line.at, try JSONDecoder().decode(LogEntry.self, from: Data(line.body.utf8)))
        } catch {
            throw Diagnostic.error(
                "entry \(line.number) of the scheduler's log cannot be read",
                notes: ["another version of Millrace may have written it"],
                hint: "use that version, or move .millrace/state.sqlite away: datasets do not need it")
        }
    }
}
