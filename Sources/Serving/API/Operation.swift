import Recording

/// How the API's document describes a route.
struct Operation: Sendable {
    struct Parameter: Sendable {
        enum Kind: Sendable {
            case text
            case int(ClosedRange<Int>, usual: Int?)
        }

        var name: String
        var kind: Kind

        static func text(_ name: String) -> Parameter { Parameter(name: name, kind: .text) }
        static func int(_ name: String, _ range: ClosedRange<Int>, _ usual: Int?) -> Parameter {
            Parameter(name: name, kind: .int(range, usual: usual))
        }

        var json: JSON {
            let schema: JSON
            switch kind {
            case .text: schema = .object([("type", .string("string"))])
            case .int(let range, let usual):
                schema = .object(
                    [
                        ("type", .string("integer")), ("minimum", .int(range.lowerBound)),
                        ("maximum", .int(range.upperBound)),
                    ] + (usual.map { [("default", JSON.int($0))] } ?? []))
            }
            return .object([("name", .string(name)), ("in", .string("query")), ("schema", schema)])
        }
    }

    var id: String
    var summary: String
    var query: [Parameter]
    /// The schema of the request's body; nil when it has none.
    var body: String?
    /// The schema of the answer.
    var answer: String
    var status: Int

    init(
        _ id: String, _ summary: String, query: [Parameter] = [], body: String? = nil, _ answer: String,
        status: Int = 200
    ) {
        self.id = id
        self.summary = summary
        self.query = query
        self.body = body
        self.answer = answer
        self.status = status
    }
}
