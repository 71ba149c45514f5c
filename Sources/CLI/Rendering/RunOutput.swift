import Foundation
import Project
import Recording
import Supervising

/// What the process of a run has said.
enum RunOutput {
    /// Enough for the last lines, however long the file is.
    private static let length = 1 << 20

    /// Its last lines, as JSON.
    static func tail(of run: RunID, in project: Project, count: Int) -> [String] {
        // A name with a slash is the name of no run.
        guard count > 0, !run.text.contains("/") else { return [] }
        guard let file = FileHandle(forReadingAtPath: Supervisor.output(of: run, in: project)) else { return [] }
        defer { try? file.close() }
        guard let end = try? file.seekToEnd() else { return [] }
        let start = end > UInt64(length) ? end - UInt64(length) : 0
        guard (try? file.seek(toOffset: start)) != nil, let data = try? file.readToEnd() else { return [] }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        return lines.dropFirst(start == 0 ? 0 : 1).suffix(count)
    }

    /// A line for people: the time, what happened, to which dataset.
    static func text(_ line: String) -> String {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let event = object["event"] as? String
        else { return line }
        let time = (object["at"] as? String)?.dropFirst(11).prefix(8) ?? "        "
        if let text = object["text"] as? String { return "\(time)  \(text)" }
        let words = [event.replacingOccurrences(of: "_", with: " "), object["dataset"] as? String]
        let more = ["phase", "outcome", "cause", "reason"].lazy.compactMap { object[$0] as? String }.first
        return "\(time)  " + (words + [more]).compactMap(\.self).joined(separator: " ")
    }
}
