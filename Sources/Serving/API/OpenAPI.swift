import HTTPTypes
import Recording

/// The API's description of itself, made from the table of routes: OpenAPI 3.1.
enum OpenAPI {
    static func document(_ table: RouteTable, millrace: String) -> JSON {
        var paths: [(String, [(String, JSON)])] = []
        func add(_ path: String, _ method: String, _ operation: JSON) {
            if let place = paths.firstIndex(where: { $0.0 == path }) {
                paths[place].1.append((method, operation))
            } else {
                paths.append((path, [(method, operation)]))
            }
        }
        for route in table.routes {
            guard let operation = route.operation else { continue }
            add(route.template, route.method.rawValue.lowercased(), json(operation, of: route))
        }
        for (path, method, operation) in besides { add(path, method, operation) }
        return .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("Millrace")), ("version", .string(millrace)),
                    (
                        "description",
                        .string(
                            "Datasets, runs, triggers and backfills of one project. Beyond this machine every request needs "
                                + "'Authorization: Bearer TOKEN'. Times are RFC 3339 in UTC. Fields may be added.")
                    ),
                    ("license", .object([("name", .string("Apache-2.0")), ("identifier", .string("Apache-2.0"))])),
                ])
            ),
            ("servers", .array([.object([("url", .string("/"))])])),
            ("security", .array([.object([]), .object([("token", .array([]))])])),
            ("paths", .object(paths.map { ($0.0, .object($0.1)) })),
            (
                "components",
                .object([
                    ("schemas", .object(APISchemas.all)),
                    (
                        "securitySchemes",
                        .object([
                            ("token", .object([("type", .string("http")), ("scheme", .string("bearer"))]))
                        ])
                    ),
                ])
            ),
        ])
    }

    private static func json(_ operation: Operation, of route: Route) -> JSON {
        var fields: [(String, JSON)] = [
            ("operationId", .string(operation.id)), ("summary", .string(operation.summary)),
            ("description", .string("Needs the role \(route.role.rawValue).")),
        ]
        let names = route.segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
        let parameters = names.map(inPath) + operation.query.map(\.json)
        if !parameters.isEmpty { fields.append(("parameters", .array(parameters))) }
        if let body = operation.body {
            fields.append(
                (
                    "requestBody",
                    .object([
                        ("required", .bool(true)),
                        ("content", content("application/json", reference(body))),
                    ])
                ))
        }
        fields.append(
            (
                "responses",
                .object([
                    ("\(operation.status)", answer("Done", "application/json", reference(operation.answer))),
                    ("4XX", problem),
                ])
            ))
        return .object(fields)
    }

    private static func inPath(_ name: String) -> JSON {
        .object([
            ("name", .string(name)), ("in", .string("path")), ("required", .bool(true)),
            ("schema", .object([("type", .string("string"))])),
        ])
    }

    private static func content(_ type: String, _ schema: JSON) -> JSON {
        .object([(type, .object([("schema", schema)]))])
    }

    private static func answer(_ words: String, _ type: String, _ schema: JSON) -> JSON {
        .object([("description", .string(words)), ("content", content(type, schema))])
    }

    static func reference(_ name: String) -> JSON { .object([("$ref", .string("#/components/schemas/\(name)"))]) }

    private static let problem = answer("Why not", "application/problem+json", reference("Problem"))
    private static let plain: JSON = .object([("type", .string("string"))])

    private static let besides: [(String, String, JSON)] = [
        (
            "/api/v1/events", "get",
            .object([
                ("operationId", .string("watch")),
                (
                    "summary",
                    .string(
                        "Server-sent events: run, output, trigger, backfill, datasets; 'Last-Event-ID' goes on after one"
                    )
                ),
                ("parameters", .array([Operation.Parameter.text("run").json])),
                ("responses", .object([("200", answer("The stream", "text/event-stream", plain)), ("4XX", problem)])),
            ])
        ),
        (
            "/hooks/{trigger}", "post",
            .object([
                ("operationId", .string("callHook")), ("summary", .string("Fires a trigger that waits for a call")),
                ("description", .string("Needs the role operator. What is in the body does not matter.")),
                ("parameters", .array([inPath("trigger")])),
                (
                    "responses",
                    .object([("202", answer("Taken", "application/json", reference("Reply"))), ("4XX", problem)])
                ),
            ])
        ),
        (
            "/metrics", "get",
            .object([
                ("operationId", .string("getMetrics")), ("summary", .string("Numbers for Prometheus")),
                ("responses", .object([("200", answer("Text format 0.0.4", "text/plain", plain)), ("4XX", problem)])),
            ])
        ),
        (
            "/healthz", "get",
            .object([
                ("operationId", .string("getHealth")), ("summary", .string("Answers as long as the server does")),
                ("security", .array([])),
                (
                    "responses",
                    .object([("200", answer("Well", "application/json", reference("Health"))), ("4XX", problem)])
                ),
            ])
        ),
    ]
}
