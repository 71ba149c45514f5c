import SparkConnectProtocol

/// What Spark says of plans without running them.
extension SparkSession {
    /// The columns that a plan gives. Names and types are resolved: a misspelt one throws, with its place.
    package func schema(of plan: SparkPlan) async throws -> [SparkField] {
        var request = ConnectAnalyzePlanRequest()
        request.schema.plan = plan.message
        let answer: ConnectAnalyzePlanResponse = try await call("AnalyzePlan", request)
        return try fields(answer.schema.schema)
    }

    package func schema(of relation: SparkRelation) async throws -> [SparkField] {
        try await schema(of: .rows(relation))
    }

    package enum Explanation: Sendable, Hashable {
        case simple, extended, code, cost, formatted

        fileprivate var message: ConnectAnalyzePlanRequest.Explain.ExplainMode {
            switch self {
            case .simple: .simple
            case .extended: .extended
            case .code: .codegen
            case .cost: .cost
            case .formatted: .formatted
            }
        }
    }

    /// How Spark would run a plan, for a person.
    package func explain(_ plan: SparkPlan, _ explanation: Explanation = .formatted) async throws -> String {
        var request = ConnectAnalyzePlanRequest()
        request.explain.plan = plan.message
        request.explain.explainMode = explanation.message
        let answer: ConnectAnalyzePlanResponse = try await call("AnalyzePlan", request)
        return answer.explain.explainString
    }

    /// The columns that a text such as `id BIGINT NOT NULL, name STRING` declares.
    package func fields(declaredBy ddl: String) async throws -> [SparkField] {
        var request = ConnectAnalyzePlanRequest()
        request.ddlParse.ddlString = ddl
        let answer: ConnectAnalyzePlanResponse = try await call("AnalyzePlan", request)
        return try fields(answer.ddlParse.parsed)
    }

    func fields(_ type: ConnectDataType) throws(SparkError) -> [SparkField] {
        guard case .structure(let fields) = SparkType(type) else {
            throw SparkError(.malformed, "the server at \(endpoint.address) described rows without columns")
        }
        return fields
    }
}
