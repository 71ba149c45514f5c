/// What a search found, and the page to sign in.
enum SearchPage {
    static func html(_ visit: Visit, _ site: Site) -> HTML {
        let text = visit.query.text("q") ?? ""
        let found = Search.find(text, in: site)
        let items = found.html { finding in
            """
            <li><a href="\(path(finding))"><span class="kind">\(finding.kind.rawValue)</span> <strong>\(finding.name)</strong></a> \
            <span class="faint">\(finding.text)</span></li>
            """
        }
        let body: HTML =
            text.isEmpty
            ? Pieces.empty("Type what you look for: a dataset, a column, a trigger, a feed or a run.")
            : found.isEmpty
                ? Pieces.empty("Nothing has '\(text.prefix(200))' in its name or description.")
                : "<ul class=\"list results\">\(items)</ul>"
        return Frame.page(
            "Search", nil, visit, site,
            "<div class=\"head\"><h1>Search</h1></div>\(Pieces.section("found", text.isEmpty ? "Nothing yet" : "Found", body))"
        )
    }

    private static func path(_ finding: Finding) -> HTML {
        HTML(finding.path.split(separator: "/").map { "/\(url: String($0))" })
    }
}

enum LoginPage {
    static func html(_ visit: Visit, _ site: Site, refusal: String? = nil) -> HTML {
        let next = visit.query.text("next") ?? visit.form.text("next") ?? "/"
        let refused: HTML = refusal.map { "<p class=\"banner bad\" role=\"alert\">\($0)</p>" } ?? ""
        let name: HTML =
            site.options.users == nil
            // Without a name of its own it is not sent; a browser's password keeper wants to know whose the token is.
            ? "<input type=\"text\" autocomplete=\"username\" value=\"token\" aria-label=\"Name\" hidden readonly>"
            : "<label>Name <input name=\"name\" autocomplete=\"username\" maxlength=\"128\"></label>"
        let word =
            site.options.users == nil
            ? "Token" : site.options.token == nil ? "Password" : "Password, or the token without a name"
        return TroublePage.bare(
            """
            <form class="login card" method="post" action="/login"><h1>Millrace</h1>\(refused)\(Pieces.seal(visit))\
            <input type="hidden" name="next" value="\(next)">\(name)
            <label>\(word) <input name="password" type="password" required autocomplete="current-password" maxlength="1000"></label>
            <button class="main">Sign in</button></form>
            """)
    }

    /// Only a place of this server.
    static func place(_ next: String?) -> String {
        guard let next, next.hasPrefix("/"), !next.hasPrefix("//"), !next.contains("\\"),
            next.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return "/" }
        return next
    }
}
