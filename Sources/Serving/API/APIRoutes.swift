import Hummingbird
import Millrace
import NIOCore
import Project
import Recording
import Scheduling
import Timetable

/// The API under `/api/v1`, and what stands beside it for other programs.
enum APIRoutes {
    static let all = looking + runs + triggers + backfills + besides

    private static let v1 = "/api/v1"

    // MARK: Datasets

    private static let looking: [Route] = [
        Route(
            .get, v1 + "/datasets", .api, .viewer,
            Operation(
                "listDatasets", "The datasets and how they stand", query: [.text("state"), .text("tag")], "Datasets")
        ) { visit, site in
            let sight = site.sight
            var datasets = sight.survey.datasets
            if let state = visit.query.text("state") { datasets = datasets.filter { $0.state == state } }
            if let tag = visit.query.text("tag") { datasets = datasets.filter { $0.tags.contains(tag) } }
            return .json(
                .object([
                    ("project", .string(site.project)), ("taken_at", APIShapes.time(sight.survey.takenAt)),
                    ("datasets", .array(datasets.map { APIShapes.listing($0, now: visit.now) })),
                    ("problems", .array(sight.survey.problems.map(problem))),
                ]))
        },
        Route(
            .get, v1 + "/datasets/{dataset}", .api, .viewer,
            Operation("getDataset", "A dataset: schema, checks, rows and inputs of its live version", "Dataset")
        ) { visit, site in
            .json(APIShapes.dataset(try site.sight.dataset(visit["dataset"]), now: visit.now))
        },
        Route(
            .get, v1 + "/datasets/{dataset}/versions", .api, .viewer,
            Operation(
                "listVersions", "The newest versions, the newest first", query: [.int("limit", 1...1000, 50)],
                "Versions")
        ) { visit, site in
            let dataset = try site.sight.dataset(visit["dataset"])
            let limit = try visit.int("limit", 1...1000, usual: 50)
            let versions = try await site.outlook.versions(dataset.name, limit)
            return .json(.object([("versions", .array(versions.map(APIShapes.version)))]))
        },
        Route(
            .get, v1 + "/datasets/{dataset}/preview", .api, .viewer,
            Operation(
                "previewDataset", "Some rows of a version",
                query: [.int("version", 0...Int(Int32.max), nil), .int("limit", 1...200, 20)], "Rows")
        ) { visit, site in
            let dataset = try site.sight.dataset(visit["dataset"])
            return .json(try await rows(dataset.name, dataset, visit, site))
        },
        Route(
            .get, v1 + "/datasets/{dataset}/quarantine", .api, .viewer,
            Operation(
                "sampleQuarantine", "Some of the rows that the live version refused",
                query: [.int("limit", 1...200, 20)], "Rows")
        ) { visit, site in
            let dataset = try site.sight.dataset(visit["dataset"])
            guard let quarantine = dataset.live?.quarantine else { return .json(noRows(dataset.name.quarantine)) }
            return .json(try await rows(quarantine, dataset, visit, site))
        },
        Route(
            .get, v1 + "/datasets/{dataset}/checks", .api, .viewer,
            Operation(
                "listChecks", "What the dataset's checks found in its latest runs", query: [.int("limit", 1...200, 20)],
                "CheckHistory")
        ) { visit, site in
            let dataset = try site.sight.dataset(visit["dataset"])
            let limit = try visit.int("limit", 1...200, usual: 20)
            let runs = site.checkedRuns(of: dataset.name, limit: limit)
            return .json(.object([("runs", .array(runs.map(APIShapes.checkedRun)))]))
        },
        Route(
            .get, v1 + "/datasets/{dataset}/lineage", .api, .viewer,
            Operation("getLineage", "What a dataset and its columns are made from, and what is made from it", "Lineage")
        ) { visit, site in
            let dataset = try site.sight.dataset(visit["dataset"])
            return .json(LineageShapes.json(dataset, site.outlook.lineage(dataset.name), in: site.sight))
        },
        Route(
            .get, v1 + "/search", .api, .viewer,
            Operation("search", "Datasets, columns, triggers, feeds and runs", query: [.text("q")], "Found")
        ) { visit, site in
            let found = Search.find(visit.query.text("q") ?? "", in: site)
            return .json(.object([("found", .array(found.map(\.json)))]))
        },
    ]

    private static func problem(_ problem: Survey.Problem) -> JSON {
        .object([
            ("severity", .string(problem.isError ? "error" : "warning")), ("message", .string(problem.message)),
            ("file", .optional(problem.file)), ("line", .optional(problem.line)), ("hint", .optional(problem.hint)),
        ])
    }

    private static func noRows(_ table: DatasetName) -> JSON {
        .object([("table", .string(table.text)), ("version", .null), ("columns", .array([])), ("rows", .array([]))])
    }

    private static func rows(
        _ table: DatasetName, _ dataset: Survey.Dataset, _ visit: Visit, _ site: Site
    ) async throws -> JSON {
        let rows = try await site.rows(of: table, dataset, visit)
        return .object([
            ("table", .string(table.text)), ("version", .optional(rows.version?.number)),
            ("columns", .strings(rows.columns)), ("rows", .array(rows.rows)),
        ])
    }

    // MARK: Runs

    private static let runs: [Route] = [
        Route(
            .get, v1 + "/runs", .api, .viewer,
            Operation(
                "listRuns", "Runs, the newest first, page by page",
                query: [.text("from"), .text("outcome"), .int("limit", 1...200, 50)], "Runs")
        ) { visit, site in
            let limit = try visit.int("limit", 1...200, usual: 50)
            let page = site.runs(
                from: try visit.cursor(), outcome: visit.query.text("outcome"), limit: limit)
            let next = page.next?.description
            return .json(.object([("runs", .array(page.runs.map(\.json))), ("next", .optional(next))]))
        },
        Route(
            .post, v1 + "/runs", .api, .operator,
            Operation(
                "startRun", "Starts a run now; a full refresh needs an admin", body: "RunOrder", "Reply", status: 202)
        ) { visit, site in
            var fields = try BodyFields(visit.body)
            let order = RunOrder(
                selection: try Orders.selection(try fields.text("selection") ?? ""),
                isFullRefresh: try fields.bool("full_refresh") ?? false,
                partitions: try (fields.texts("partitions") ?? []).map(Orders.partition),
                priority: try fields.int("priority", Orders.priorities) ?? 0)
            try fields.finish()
            return .json(APIShapes.reply(try await site.start(order, visit)), status: .accepted)
        },
        Route(
            .get, v1 + "/runs/{run}", .api, .viewer, Operation("getRun", "A run and its steps", "Run")
        ) { visit, site in
            let run = try site.run(visit["run"])
            let marks = site.logs.marks(of: run.run)
            guard case .object(let fields) = run.json else { return .json(.null) }
            let steps = site.history.steps(of: run.run).map { APIShapes.step($0, marks[$0.dataset]) }
            return .json(.object(fields + [("step_list", .array(steps))]))
        },
        Route(
            .get, v1 + "/runs/{run}/log", .api, .viewer, Operation("getLog", "What a run said", "Log")
        ) { visit, site in
            .json(.object([("lines", .array(site.log(of: try site.run(visit["run"])).map(\.json)))]))
        },
        Route(
            .post, v1 + "/runs/{run}/retry", .api, .operator,
            Operation("retryRun", "Makes anew what failed in a run, and what it did not reach", "Reply", status: 202)
        ) { visit, site in try await ask(.retry(try site.run(visit["run"]).run), visit, site) },
        Route(
            .post, v1 + "/runs/{run}/cancel", .api, .operator,
            Operation("cancelRun", "Stops a run", "Reply", status: 202)
        ) { visit, site in try await ask(.cancel(try site.run(visit["run"]).run), visit, site) },
    ]

    /// For changes that need nothing but what stands in the address.
    private static func ask(_ request: SchedulerRequest, _ visit: Visit, _ site: Site) async throws -> Response {
        try BodyFields(visit.body).finish()
        return .json(APIShapes.reply(try await site.control.submit(request)), status: .accepted)
    }

    // MARK: Triggers

    private static let triggers: [Route] =
        [
            Route(
                .get, v1 + "/triggers", .api, .viewer,
                Operation("listTriggers", "The triggers and when they fire next", "Triggers")
            ) { _, site in
                .json(.object([("triggers", .array(site.control.snapshot().triggers.map(APIShapes.trigger)))]))
            }
        ]
        + [
            ("pause", "pauseTrigger", "Lets a trigger start nothing until it is resumed"),
            ("resume", "resumeTrigger", "Lets a paused trigger start runs again"),
            ("fire", "fireTrigger", "Starts now what a trigger would start"),
        ].map { word, id, summary in
            Route(
                .post, v1 + "/triggers/{trigger}/" + word, .api, .operator,
                Operation(id, summary, "Reply", status: 202)
            ) { visit, site in
                let name = try site.trigger(visit["trigger"]).name
                return try await ask(request(word, name), visit, site)
            }
        }

    private static func request(_ word: String, _ trigger: String) -> SchedulerRequest {
        switch word {
        case "pause": .pause(trigger: trigger)
        case "resume": .resume(trigger: trigger)
        default: .fire(trigger: trigger)
        }
    }

    // MARK: Backfills

    private static let backfills: [Route] =
        [
            Route(
                .get, v1 + "/backfills", .api, .viewer,
                Operation("listBackfills", "Backfills and how far they are", "Backfills")
            ) { _, site in
                .json(.object([("backfills", .array(site.control.snapshot().backfills.map(APIShapes.backfill)))]))
            },
            Route(
                .post, v1 + "/backfills", .api, .operator,
                Operation(
                    "createBackfill", "Makes partitions of a dataset, range by range", body: "BackfillOrder", "Reply",
                    status: 202)
            ) { visit, site in
                var fields = try BodyFields(visit.body)
                let order = try Orders.backfill(
                    dataset: fields.text("dataset"), from: fields.text("from"), to: fields.text("to"),
                    which: fields.text("which"), concurrency: fields.int("concurrency", 1...64),
                    perRun: fields.int("partitions_per_run", 1...1000),
                    priority: fields.int("priority", Orders.priorities), site)
                try fields.finish()
                return .json(APIShapes.reply(try await site.control.submit(.createBackfill(order))), status: .accepted)
            },
        ]
        + [
            ("pause", "pauseBackfill", "Starts no further run of a backfill"),
            ("resume", "resumeBackfill", "Lets a paused backfill go on"),
            ("cancel", "cancelBackfill", "Ends a backfill; what it has made stays"),
        ].map { word, id, summary in
            Route(
                .post, v1 + "/backfills/{backfill}/" + word, .api, .operator,
                Operation(id, summary, "Reply", status: 202)
            ) { visit, site in
                let backfill = try site.backfill(visit["backfill"]).id
                return try await ask(site.request(word, backfill), visit, site)
            }
        }

    // MARK: Besides

    private static let besides: [Route] = [
        Route(.get, v1 + "/events", .stream, .viewer) { visit, site in try LiveEvents.response(visit, site) },
        Route(.post, "/hooks/{trigger}", .hook, .operator) { visit, site in
            let trigger = try site.trigger(visit["trigger"])
            return .json(
                APIShapes.reply(try await site.control.submit(.webhook(trigger: trigger.name))), status: .accepted)
        },
        Route(.get, "/metrics", .api, .viewer) { visit, site in
            .bytes(Metrics.text(site, now: visit.now), type: "text/plain; version=0.0.4; charset=utf-8")
        },
        Route(.get, "/openapi.json", .open) { _, site in
            .json(OpenAPI.document(site.routes, millrace: site.millrace))
        },
        Route(.get, "/healthz", .open) { _, site in
            .json(.object([("status", .string("ok")), ("version", .string(site.millrace))]))
        },
    ]
}

extension Visit {
    /// A whole number of the query.
    func int(_ name: String, _ range: ClosedRange<Int>, usual: Int) throws -> Int {
        try optionalInt(name, range) ?? usual
    }

    /// The place in the list of runs that the query names.
    func cursor() throws -> RunCursor? {
        guard let text = query.text("from") else { return nil }
        guard let cursor = RunCursor(text), Site.isRunName(cursor.run.text) else {
            throw Trouble.invalid("'from' is what 'next' of the page before said")
        }
        return cursor
    }

    func optionalInt(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
        guard let text = query.text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Trouble.invalid("'\(name)' is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

extension Site {
    func trigger(_ name: String) throws -> SchedulerSnapshot.TriggerState {
        guard let trigger = control.snapshot().triggers.first(where: { $0.name == name }) else {
            throw Trouble.notFound("there is no trigger of this name")
        }
        return trigger
    }

    func backfill(_ id: String) throws -> SchedulerSnapshot.BackfillState {
        guard let backfill = control.snapshot().backfills.first(where: { $0.id.text == id }) else {
            throw Trouble.notFound("there is no backfill of this name")
        }
        return backfill
    }

    func request(_ word: String, _ backfill: BackfillID) -> SchedulerRequest {
        switch word {
        case "pause": .pauseBackfill(backfill)
        case "resume": .resumeBackfill(backfill)
        default: .cancelBackfill(backfill)
        }
    }

    func start(_ order: RunOrder, _ visit: Visit) async throws -> SchedulerReply {
        guard !order.isFullRefresh || visit.mayBe(.admin) else {
            throw Trouble(.forbidden, "only an admin may make datasets anew from all of their rows")
        }
        return try await control.submit(.run(order))
    }

    struct Rows: Sendable {
        var version: Version?
        var columns: [String]
        /// Objects.
        var rows: [JSON]
    }

    /// The rows that a visitor asks to see, `version` and `limit` being in the query.
    func rows(of table: DatasetName, _ dataset: Survey.Dataset, _ visit: Visit) async throws -> Rows {
        let isQuarantine = table.isQuarantine
        let wanted = isQuarantine ? nil : try visit.optionalInt("version", 0...Int(Int32.max)).map { Version($0) }
        let limit = try visit.int("limit", 1...200, usual: 20)
        guard let live = dataset.live else {
            if wanted != nil { throw Trouble.notFound("the dataset has no such version") }
            return Rows(version: nil, columns: [], rows: [])
        }
        if let wanted, wanted > live.version { throw Trouble.notFound("the dataset has no such version") }
        let version = isQuarantine ? nil : wanted ?? live.version
        let texts = try await outlook.rows(Outlook.RowsOrder(table: table, version: version, limit: limit))
        let rows = texts.compactMap { JSON(reading: $0) }
        var columns = rows.first?.asFields?.map(\.0) ?? []
        if columns.isEmpty, !isQuarantine, version == live.version { columns = live.columns.map(\.name) }
        return Rows(version: version, columns: columns, rows: rows)
    }
}
