import Millrace
import Project
import Recording
import Scheduling

#if canImport(Glibc)
    import Glibc
#endif

/// What `/metrics` tells: the text format of Prometheus, version 0.0.4.
enum Metrics {
    static func text(_ site: Site, now: Int) -> String {
        var page = Page()
        let snapshot = site.control.snapshot()
        let survey = site.sight.survey
        page.add(
            "millrace_up_seconds", "gauge", "Since the server was started.", [("", Double(now - site.startedAt) / 1000)]
        )
        page.add("millrace_datasets", "gauge", "Datasets by state.", counts(survey.datasets.map(\.state), "state"))
        page.add(
            "millrace_datasets_late", "gauge", "Datasets older than their freshness allows.",
            [("", Double(survey.datasets.count { $0.isLate(at: now) }))])
        page.add(
            "millrace_dataset_age_seconds", "gauge", "The age of the live version.",
            survey.datasets.compactMap { dataset in
                dataset.live?.published.map {
                    (label("dataset", dataset.name.text), Double(max(0, now - $0)) / 1000)
                }
            })
        page.add(
            "millrace_runs", "gauge", "Runs that the scheduler knows, by phase.",
            counts(snapshot.runs.map(\.phase.rawValue), "phase", all: ["queued", "running"]))
        page.add(
            "millrace_triggers_paused", "gauge", "Triggers that are paused.",
            [("", Double(snapshot.triggers.count(where: \.isPaused)))])
        page.add(
            "millrace_backfills", "gauge", "Backfills by phase.",
            counts(snapshot.backfills.map(\.phase.rawValue), "phase"))
        page.add("millrace_streams", "gauge", "Live views that are open.", [("", Double(site.hub.listeners))])
        if let bytes = residentBytes() {
            page.add("process_resident_memory_bytes", "gauge", "Memory of the server.", [("", Double(bytes))])
        }
        let traffic = site.traffic.counts
        page.add(
            "millrace_http_requests_total", "counter", "Answered requests.",
            traffic.answers.sorted { $0.key < $1.key }.map {
                ("{route=\(quoted($0.key.route)),status=\"\($0.key.status)\"}", Double($0.value))
            })
        page.add(durations: traffic)
        return page.text
    }

    private struct Page {
        var text = ""

        mutating func add(_ name: String, _ type: String, _ help: String, _ values: [(String, Double)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
            for (labels, value) in values { text += "\(name)\(labels) \(number(value))\n" }
        }

        mutating func add(durations traffic: Traffic.Counts) {
            let name = "millrace_http_request_seconds"
            text += "# HELP \(name) How long answers took.\n# TYPE \(name) histogram\n"
            var sum = 0
            for (bound, count) in zip(Traffic.bounds, traffic.durations) {
                sum += count
                text += "\(name)_bucket{le=\"\(bound)\"} \(sum)\n"
            }
            sum += traffic.durations.last ?? 0
            text += "\(name)_bucket{le=\"+Inf\"} \(sum)\n\(name)_sum \(traffic.seconds)\n\(name)_count \(sum)\n"
        }

        private func number(_ value: Double) -> String {
            value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : "\(value)"
        }
    }

    private static func counts(_ values: [String], _ name: String, all: [String] = []) -> [(String, Double)] {
        var counts = Dictionary(all.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        for value in values { counts[value, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { (label(name, $0.key), Double($0.value)) }
    }

    private static func label(_ name: String, _ value: String) -> String { "{\(name)=\(quoted(value))}" }

    private static func quoted(_ value: String) -> String {
        let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }

    /// From `/proc`; nil where there is none.
    static func residentBytes() -> Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        let words = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        return words.count > 1 ? Int(words[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }
}
