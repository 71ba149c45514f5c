import HTTPTypes
import Recording

/// What stands around every page.
enum Frame {
    enum Part: String, CaseIterable {
        case overview, runs, triggers, backfills

        var path: HTML {
            switch self {
            case .overview: "/"
            case .runs: "/runs"
            case .triggers: "/triggers"
            case .backfills: "/backfills"
            }
        }

        var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    }

    /// - Parameters:
    ///   - part: the entry of the navigation that the page belongs to.
    ///   - live: which run's output the page follows; an empty text for none, nil for a page that stays as it is.
    static func page(
        _ title: String, _ part: Part?, _ visit: Visit, _ site: Site, live: String? = nil, _ body: HTML
    ) -> HTML {
        let links = Part.allCases.html { entry in
            let current: HTML = entry == part ? " aria-current=\"page\"" : ""
            return "<a href=\"\(entry.path)\"\(current)>\(entry.word)</a>"
        }
        let follows: HTML = live.map { " data-follow=\"\($0)\"" } ?? ""
        let said = Said.html(visit)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title) · \(site.project)</title>
            <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/assets/style.css?\(url: Assets.tag)">
            <script src="/assets/script.js?\(url: Assets.tag)" defer></script></head>
            <body\(follows)>
            <a class="skip" href="#content">Skip to the content</a>
            <header class="top"><div class="wide">
            <a class="brand" href="/"><svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">\
            <circle cx="16" cy="16" r="15"/><path d="M4 13c4-3 8-3 12 0s8 3 12 0M5 20c4-3 7-3 11 0s7 3 11 0"/></svg>\
            <span>\(site.project)</span></a>
            <nav aria-label="Main">\(links)</nav>
            <form class="search" role="search" action="/search" method="get">\
            <label class="hidden" for="q">Search</label>\
            <input id="q" name="q" type="search" placeholder="Search" autocomplete="off" maxlength="200"\
             aria-keyshortcuts="/" value="\(visit.path == "/search" ? visit.query.text("q") ?? "" : "")"><kbd aria-hidden="true">/</kbd></form>
            \(who(visit, site))</div></header>
            <main id="content" class="wide" tabindex="-1">\(said)\(body)</main>
            <footer class="wide"><p>Millrace \(site.millrace) · <a href="/openapi.json">API</a> · \
            <a href="/metrics">metrics</a> <span id="connection" role="status"></span></p></footer>
            </body></html>

            """
    }

    private static func who(_ visit: Visit, _ site: Site) -> HTML {
        guard visit.visitor.proof == .cookie else { return "" }
        return """
            <div class="who"><span>\(visit.visitor.name)<span class="faint"> · \(visit.visitor.role.rawValue)</span></span>\
            \(Pieces.button("Sign out", "/logout", visit, style: "quiet"))</div>
            """
    }
}

/// What was done, told on the page after a form.
enum Said {
    private static let words: [String: String] = [
        "started": "A run is on its way.", "retried": "The run is on its way again.",
        "cancelled": "The run is being cancelled.", "fired": "The trigger was fired.",
        "paused": "Paused.", "resumed": "Resumed.", "backfill": "The backfill is on its way.",
        "ended": "The backfill is being cancelled.",
    ]

    static func html(_ visit: Visit) -> HTML {
        guard let words = visit.query.text("said").flatMap({ words[$0] }) else { return "" }
        return "<p class=\"said\" role=\"status\">\(words)</p>"
    }
}

/// The page of a request that was refused.
enum TroublePage {
    static func html(_ trouble: Trouble, _ visit: Visit?, _ site: Site) -> HTML {
        let hint: HTML = trouble.hint.map { "<p>\($0)</p>" } ?? ""
        let body: HTML = """
            <div class="trouble"><p class="code">\(trouble.status.code)</p><h1>\(trouble.status.reasonPhrase)</h1>
            <p>\(trouble.message)</p>\(hint)<p><a href="/">To the overview</a></p></div>
            """
        // Whoever is not let in sees nothing of the project.
        guard let visit, visit.visitor.proof != .none || site.options.isOpen else { return bare(body) }
        return Frame.page(trouble.status.reasonPhrase, nil, visit, site, body)
    }

    /// A page for strangers.
    static func bare(_ body: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><title>Millrace</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/assets/style.css?\(url: Assets.tag)"></head>
        <body><main id="content" class="wide">\(body)</main></body></html>

        """
    }
}
