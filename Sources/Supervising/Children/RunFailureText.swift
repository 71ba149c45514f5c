import FoundationEssentials

/// Reads from the lines of `millrace run --json` what is wrong, in a sentence.
enum RunFailureText {
    private struct Event: Decodable {
        struct Trouble: Decodable {
            var message: String
            var severity: String?
        }

        struct Check: Decodable {
            var name: String
            var status: String
            var message: String?
        }

        var event: String?
        var dataset: String?
        var diagnostics: [Trouble]?
        var checks: [Check]?
    }

    /// Nil when the line tells of no failure.
    static func failure(in line: String) -> String? {
        guard line.contains("\"step_failed\"") || line.contains("\"diagnostics\"") else { return nil }
        guard let event = try? JSONDecoder().decode(Event.self, from: Data(line.utf8)) else { return nil }
        guard event.event == nil || event.event == "step_failed" else { return nil }
        let check = event.checks?.first { $0.status == "failed" }
            .map { check in check.name + (check.message.map { ": \($0)" } ?? "") }
        let trouble = event.diagnostics?.first { $0.severity != "warning" }?.message
        guard let words = check ?? trouble else { return nil }
        return (event.dataset.map { "\($0): " } ?? "") + words
    }
}
