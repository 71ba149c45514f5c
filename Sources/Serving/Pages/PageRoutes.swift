import Dispatch
import HTTPTypes
import Hummingbird
import Logging
import Millrace
import Project
import Scheduling

/// The pages, and the forms on them.
enum PageRoutes {
    static let all = pages + forms + signing + assets

    private static let pages: [Route] = [
        Route(.get, "/", .page) { visit, site in .page(OverviewPage.html(visit, site)) },
        Route(.get, "/runs", .page) { visit, site in .page(try RunPages.list(visit, site)) },
        Route(.get, "/runs/{run}", .page) { visit, site in
            .page(RunPages.one(try site.run(visit["run"]), visit, site))
        },
        Route(.get, "/triggers", .page) { visit, site in .page(ControlPages.triggers(visit, site)) },
        Route(.get, "/backfills", .page) { visit, site in .page(ControlPages.backfills(visit, site)) },
        Route(.get, "/search", .page) { visit, site in .page(SearchPage.html(visit, site)) },
        Route(.get, "/datasets/{dataset}", .page) { visit, site in
            .page(DatasetPage.about(try site.sight.dataset(visit["dataset"]), visit, site))
        },
        Route(.get, "/datasets/{dataset}/versions", .page) { visit, site in
            let dataset = try site.sight.dataset(visit["dataset"])
            let limit = try visit.int("limit", 1...1000, usual: 50)
            let entries = try await site.outlook.versions(dataset.name, limit + 1)
            return .page(
                DatasetPage.versions(
                    dataset, Array(entries.prefix(limit)), hasMore: entries.count > limit, visit, site))
        },
        Route(.get, "/datasets/{dataset}/preview", .page) { visit, site in
            let dataset = try site.sight.dataset(visit["dataset"])
            let rows = try await site.rows(of: dataset.name, dataset, visit)
            return .page(DatasetPage.preview(dataset, rows, visit, site))
        },
        Route(.get, "/datasets/{dataset}/quarantine", .page) { visit, site in
            let dataset = try site.sight.dataset(visit["dataset"])
            var rows = Site.Rows(version: nil, columns: [], rows: [])
            if let quarantine = dataset.live?.quarantine, dataset.live?.quarantineRows != 0 {
                rows = try await site.rows(of: quarantine, dataset, visit)
            }
            return .page(DatasetPage.quarantine(dataset, rows, visit, site))
        },
        Route(.get, "/datasets/{dataset}/checks", .page) { visit, site in
            .page(DatasetPage.checks(try site.sight.dataset(visit["dataset"]), visit, site))
        },
        Route(.get, "/datasets/{dataset}/lineage", .page) { visit, site in
            .page(DatasetPage.lineage(try site.sight.dataset(visit["dataset"]), visit, site))
        },
    ]

    // MARK: Forms

    private static let forms: [Route] =
        [
            Route(.post, "/runs", .form, .operator) { visit, site in
                let order = RunOrder(
                    selection: try Orders.selection(visit.form.text("selection") ?? ""),
                    isFullRefresh: visit.form["full_refresh"] == "yes")
                let reply = try await site.start(order, visit)
                return .seeOther(
                    (reply.run.map { "/runs/\(PercentEncoding.encode($0.text))" } ?? "/runs") + "?said=started")
            },
            Route(.post, "/runs/{run}/retry", .form, .operator) { visit, site in
                let run = try site.run(visit["run"]).run
                let reply = try await site.control.submit(.retry(run))
                return .seeOther("/runs/\(PercentEncoding.encode((reply.run ?? run).text))?said=retried")
            },
            Route(.post, "/runs/{run}/cancel", .form, .operator) { visit, site in
                let run = try site.run(visit["run"]).run
                _ = try await site.control.submit(.cancel(run))
                return .seeOther("/runs/\(PercentEncoding.encode(run.text))?said=cancelled")
            },
            Route(.post, "/triggers/{trigger}/pause", .form, .operator) { visit, site in
                _ = try await site.control.submit(.pause(trigger: try site.trigger(visit["trigger"]).name))
                return .seeOther("/triggers?said=paused")
            },
            Route(.post, "/triggers/{trigger}/resume", .form, .operator) { visit, site in
                _ = try await site.control.submit(.resume(trigger: try site.trigger(visit["trigger"]).name))
                return .seeOther("/triggers?said=resumed")
            },
            Route(.post, "/triggers/{trigger}/fire", .form, .operator) { visit, site in
                let reply = try await site.control.submit(.fire(trigger: try site.trigger(visit["trigger"]).name))
                return .seeOther(
                    reply.run.map { "/runs/\(PercentEncoding.encode($0.text))?said=started" } ?? "/triggers?said=fired")
            },
            Route(.post, "/backfills", .form, .operator) { visit, site in
                func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
                    guard let text = visit.form.text(name) else { return nil }
                    guard let number = Int(text), range.contains(number) else {
                        throw Trouble.invalid(
                            "'\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound)")
                    }
                    return number
                }
                let order = try Orders.backfill(
                    dataset: visit.form.text("dataset"), from: visit.form.text("from"), to: visit.form.text("to"),
                    which: visit.form.text("which"), concurrency: number("concurrency", 1...64),
                    perRun: number("partitions_per_run", 1...1000), priority: nil, site)
                _ = try await site.control.submit(.createBackfill(order))
                return .seeOther("/backfills?said=backfill")
            },
        ]
        + [("pause", "paused"), ("resume", "resumed"), ("cancel", "ended")].map { word, said in
            Route(.post, "/backfills/{backfill}/" + word, .form, .operator) { visit, site in
                let backfill = try site.backfill(visit["backfill"]).id
                _ = try await site.control.submit(site.request(word, backfill))
                return .seeOther("/backfills?said=" + said)
            }
        }

    // MARK: Signing in and out

    private static let signing: [Route] = [
        Route(.get, "/login", .login) { visit, site in
            site.options.isOpen ? .seeOther("/") : .page(LoginPage.html(visit, site))
        },
        Route(.post, "/login", .login) { visit, site in
            guard !site.options.isOpen else { return .seeOther("/") }
            let (name, password) = (visit.form.text("name"), visit.form["password"] ?? "")
            guard let visitor = await check(name, password, site) else {
                site.logger.notice("somebody could not sign in\(name.map { " as '\($0.prefix(128))'" } ?? "")")
                return .page(
                    LoginPage.html(visit, site, refusal: "That is not right. Please try again."), status: .unauthorized)
            }
            var response = Response.seeOther(LoginPage.place(visit.form.text("next")))
            site.guards.setVisit(site.guards.sessions.start(visitor.name, visitor.role, at: visit.now), in: &response)
            return response
        },
        Route(.post, "/logout", .form) { visit, site in
            if let id = site.guards.visit(in: visit.headers) { site.guards.sessions.end(id) }
            var response = Response.seeOther(site.options.isOpen ? "/" : "/login")
            site.guards.endVisit(in: &response)
            return response
        },
    ]

    private static let passwords = DispatchQueue(label: "millrace.serving.passwords")

    private static func check(_ name: String?, _ password: String, _ site: Site) async -> Visitor? {
        if name == nil, let token = site.options.token {
            guard Secrets.areEqual(password, token) else { return nil }
            return Visitor(name: "the token's owner", role: .admin, proof: .cookie)
        }
        guard let name, let users = site.options.users else { return nil }
        // It takes a good part of a second, on purpose.
        let role = await withCheckedContinuation { continuation in
            passwords.async { continuation.resume(returning: users.role(of: name, password: password)) }
        }
        return role.map { Visitor(name: name, role: $0, proof: .cookie) }
    }

    // MARK: Assets

    private static let assets: [Route] = [
        Route(.get, "/assets/style.css", .open) { _, _ in asset(Assets.style, "text/css; charset=utf-8") },
        Route(.get, "/assets/script.js", .open) { _, _ in asset(Assets.script, "text/javascript; charset=utf-8") },
        Route(.get, "/assets/icon.svg", .open) { _, _ in asset(Assets.icon, "image/svg+xml") },
        Route(.get, "/favicon.ico", .open) { _, _ in asset(Assets.icon, "image/svg+xml") },
        Route(.get, "/robots.txt", .open) { _, _ in asset("User-agent: *\nDisallow: /\n", "text/plain; charset=utf-8")
        },
    ]

    private static func asset(_ text: String, _ type: String) -> Response {
        .bytes(text, type: type, cache: "public, max-age=86400")
    }
}
