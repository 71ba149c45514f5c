import Millrace
import Project
import Recording
import Scheduling

/// Something that a search found.
struct Finding: Sendable {
    enum Kind: String, Sendable {
        case dataset, column, trigger, feed, run
    }

    var kind: Kind
    var name: String
    /// What more there is to say about it.
    var text: String
    /// Where its page is.
    var path: String

    var json: JSON {
        .object([
            ("kind", .string(kind.rawValue)), ("name", .string(name)), ("text", .string(text)), ("path", .string(path)),
        ])
    }
}

/// Looks for words in what is known of the project.
enum Search {
    private static let mostOfAKind = 50

    /// The best first: names that are the text, that begin with it, that have it; then descriptions.
    static func find(_ text: String, in site: Site) -> [Finding] {
        let sought = text.lowercased()
        guard !sought.isEmpty, sought.utf8.count <= 200 else { return [] }
        var found: [(rank: Int, Finding)] = []
        func rank(_ name: String) -> Int? {
            let name = name.lowercased()
            return name == sought ? 0 : name.hasPrefix(sought) ? 1 : name.contains(sought) ? 2 : nil
        }
        var columns = 0
        for dataset in site.sight.survey.datasets {
            let name = dataset.name.text
            let description = dataset.description ?? ""
            let inWords = description.lowercased().contains(sought) || dataset.tags.contains { rank($0) != nil }
            if let rank = rank(name) ?? (inWords ? 4 : nil) {
                found.append((rank, Finding(kind: .dataset, name: name, text: description, path: "/datasets/\(name)")))
            }
            for column in dataset.live?.columns ?? [] where columns < mostOfAKind {
                guard let rank = rank(column.name) else { continue }
                columns += 1
                found.append(
                    (
                        rank + 3,
                        Finding(
                            kind: .column, name: "\(name).\(column.name)", text: column.type, path: "/datasets/\(name)")
                    ))
            }
        }
        for trigger in site.control.snapshot().triggers {
            guard let rank = rank(trigger.name) else { continue }
            found.append(
                (rank, Finding(kind: .trigger, name: trigger.name, text: trigger.condition, path: "/triggers")))
        }
        for feed in site.sight.survey.feeds {
            guard let rank = rank(feed.name) else { continue }
            found.append(
                (
                    rank,
                    Finding(
                        kind: .feed, name: feed.name, text: "a feed of \(feed.dataset)",
                        path: "/datasets/\(feed.dataset)")
                ))
        }
        if Site.isRunName(text), text.utf8.count >= 4 {
            for run in site.history.runs(named: text, limit: 20) {
                found.append(
                    (
                        1,
                        Finding(
                            kind: .run, name: run.run.text, text: run.outcome ?? "running", path: "/runs/\(run.run)")
                    ))
            }
        }
        let best = found.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
        return best.prefix(4 * mostOfAKind).map(\.element.1)
    }
}
