import Millrace
import Project
import Recording
import Scheduling

/// Small pieces that pages are made of.
enum Pieces {
    /// A coloured word.
    static func badge(_ style: String, _ word: String) -> HTML { "<span class=\"badge \(style)\">\(word)</span>" }

    static func badge(_ mark: StateMark) -> HTML { badge(mark.style, mark.word) }

    /// How long ago it was, with the moment itself at hand.
    static func ago(_ milliseconds: Int?, now: Int) -> HTML {
        guard let milliseconds else { return "<span class=\"none\">–</span>" }
        return """
            <time datetime="\(Timestamp.iso8601(milliseconds))" title="\(Timestamp.utc(milliseconds))" data-ago>\
            \(Timestamp.ago(milliseconds, now: now))</time>
            """
    }

    /// When it will be.
    static func ahead(_ milliseconds: Int?, now: Int) -> HTML {
        guard let milliseconds else { return "<span class=\"none\">–</span>" }
        let seconds = Double(max(0, milliseconds - now)) / 1000
        return """
            <time datetime="\(Timestamp.iso8601(milliseconds))" title="\(Timestamp.utc(milliseconds))">\
            \(Timestamp.utc(milliseconds))</time> <span class="faint">in \(span(seconds))</span>
            """
    }

    static func span(_ seconds: Double) -> String {
        seconds < 60
            ? "\(Int(seconds)) s"
            : seconds < 3600
                ? "\(Int(seconds / 60)) min"
                : seconds < 172_800 ? Quantity.seconds(seconds) : "\(Int(seconds / 86_400)) days"
    }

    static func number(_ value: Int?) -> HTML {
        value.map { "\(Quantity.grouped($0))" } ?? "<span class=\"none\">–</span>"
    }

    static func bytes(_ value: Int?) -> HTML {
        value.map { "\(Quantity.bytes($0))" } ?? "<span class=\"none\">–</span>"
    }

    static func dataset(_ name: String) -> HTML { "<a href=\"/datasets/\(url: name)\">\(name)</a>" }

    static func run(_ run: String) -> HTML { "<a class=\"mono\" href=\"/runs/\(url: run)\">\(run)</a>" }

    /// A button that changes something.
    static func button(
        _ word: String, _ action: HTML, _ visit: Visit, style: HTML = "", label: String? = nil, fields: HTML = ""
    ) -> HTML {
        let name: HTML = label.map { " aria-label=\"\($0)\"" } ?? ""
        return """
            <form method="post" action="\(action)" class="inline">\(seal(visit))\(fields)\
            <button class="\(style)"\(name)>\(word)</button></form>
            """
    }

    static func seal(_ visit: Visit) -> HTML { "<input type=\"hidden\" name=\"csrf\" value=\"\(visit.seal)\">" }

    static func section(_ id: HTML, _ title: String, live: Bool = false, aside: HTML = "", _ body: HTML) -> HTML {
        """
        <section id="\(id)" aria-labelledby="\(id)-title"\(live ? " data-live" : "" as HTML)>
        <div class="title"><h2 id="\(id)-title">\(title)</h2>\(aside)</div>
        \(body)</section>

        """
    }

    static func empty(_ words: String) -> HTML { "<p class=\"empty\">\(words)</p>" }

    /// A table that scrolls by itself where it is too wide.
    static func table(_ label: String, _ head: HTML, _ rows: HTML, style: HTML = "") -> HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(label)"><table class="\(style)">
        <thead><tr>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>
        """
    }

    static func facts(_ facts: [(String, HTML)]) -> HTML {
        "<dl class=\"facts\">\(facts.html { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" })</dl>"
    }

    static func phase(_ phase: String) -> HTML {
        switch phase {
        case "queued": badge("new", "queued")
        case "running": badge("running", "running")
        case "done": badge("good", "done")
        case "nothing_to_do": badge("good", "nothing to do")
        case "failed": badge("bad", "failed")
        case "cancelled": badge("stale", "cancelled")
        case "interrupted": badge("stale", "interrupted")
        case "paused": badge("stale", "paused")
        default: badge("unknown", phase)
        }
    }

    static func check(_ status: String) -> HTML {
        switch status {
        case "passed": badge("good", "passed")
        case "warned": badge("stale", "warned")
        case "quarantined": badge("stale", "quarantined")
        case "failed": badge("bad", "failed")
        default: badge("unknown", status)
        }
    }
}

extension Site {
    /// How each dataset stands: what the store says, what runs right now, and how its last step ended.
    func marks(now: Int) -> [DatasetName: StateMark] {
        let results = history.lastResults()
        var running: Set<String> = []
        for run in control.snapshot().runs where run.phase == .running {
            running.formUnion(logs.marks(of: run.run).keys)
        }
        var marks: [DatasetName: StateMark] = [:]
        for dataset in sight.survey.datasets {
            let age = dataset.live?.published.map { Timestamp.ago($0, now: now) }
            func mark(_ style: String, _ word: String) -> StateMark {
                StateMark(style: style, word: word, words: age.map { "\(word) · \($0)" } ?? word)
            }
            if running.contains(dataset.name.text) {
                marks[dataset.name] = mark("running", "running")
            } else if results[dataset.name] == "failed", dataset.state != "up to date" {
                marks[dataset.name] = mark("bad", "failed")
            } else if dataset.isLate(at: now) {
                marks[dataset.name] = mark("late", "late")
            } else {
                switch dataset.state {
                case "up to date": marks[dataset.name] = mark("good", "up to date")
                case "stale": marks[dataset.name] = mark("stale", "stale")
                case "new": marks[dataset.name] = mark("new", "new")
                default: marks[dataset.name] = mark("unknown", "unknown")
                }
            }
        }
        return marks
    }
}
