import SparkConnectProtocol

extension SparkError {
    /// - Parameter details: what the server said when it was asked for details; nil when it had none.
    init(_ failure: SparkFailure, details: ConnectFetchErrorDetailsResponse?, address: String) {
        self.init(Code(failure), Self.message(failure, address: address))
        errorClass = failure.errorClass
        sqlState = failure.sqlState
        parameters = failure.parameters
        guard let details, details.hasRootErrorIdx else { return }
        read(details)
    }

    private mutating func read(_ details: ConnectFetchErrorDetailsResponse) {
        let errors = details.errors
        guard errors.indices.contains(Int(details.rootErrorIdx)) else { return }
        let root = errors[Int(details.rootErrorIdx)]
        // The details have the whole message; the one of gRPC may be cut off.
        if !root.message.isEmpty {
            let whole = SparkError(code, root.message)
            self = SparkError(whole, like: self)
        }
        if root.hasSparkThrowable {
            let throwable = root.sparkThrowable
            if throwable.hasErrorClass { errorClass = throwable.errorClass }
            if throwable.hasSqlState { sqlState = throwable.sqlState }
            if !throwable.messageParameters.isEmpty { parameters = throwable.messageParameters }
            contexts = throwable.queryContexts.map(Context.init)
        }
        // A cycle is no reason to go on for ever.
        var next = root.hasCauseIdx ? Int(root.causeIdx) : nil
        while let index = next, errors.indices.contains(index), causes.count < errors.count {
            let cause = errors[index]
            let throwable = cause.sparkThrowable
            causes.append(
                Cause(
                    type: cause.errorTypeHierarchy.first ?? "", message: cause.message,
                    errorClass: throwable.hasErrorClass ? throwable.errorClass : nil,
                    sqlState: throwable.hasSqlState ? throwable.sqlState : nil,
                    contexts: throwable.queryContexts.map(Context.init)))
            next = cause.hasCauseIdx ? Int(cause.causeIdx) : nil
        }
    }

    private init(_ text: SparkError, like other: SparkError) {
        self = text
        errorClass = other.errorClass
        sqlState = other.sqlState
        parameters = other.parameters
    }

    private static func message(_ failure: SparkFailure, address: String) -> String {
        let said = failure.message.isEmpty ? "no reason given" : failure.message
        if failure.errorClass != nil { return said }
        return switch failure.code {
        case SparkFailure.Number.unavailable: "no Spark Connect server answers at \(address): \(said)"
        case SparkFailure.Number.unauthenticated, SparkFailure.Number.permissionDenied:
            "the Spark Connect server at \(address) refuses the token or the user: \(said)"
        case SparkFailure.Number.deadlineExceeded:
            "no Spark Connect server answers at \(address): not in time; what listens there may be something else"
        case SparkFailure.Number.unimplemented: "what answers at \(address) is no Spark Connect server: \(said)"
        default: said
        }
    }
}

extension SparkError.Code {
    init(_ failure: SparkFailure) {
        if failure.isSessionUnknown {
            self = .sessionLost
        } else if failure.isOperationUnknown || failure.errorClass == "INVALID_HANDLE.OPERATION_ABANDONED" {
            self = .operationLost
        } else if failure.errorClass == "OPERATION_CANCELED" || failure.message.contains("[OPERATION_CANCELED]") {
            self = .cancelled
        } else if failure.errorClass != nil {
            self = .failed
        } else {
            switch failure.code {
            case SparkFailure.Number.unavailable, SparkFailure.Number.unimplemented,
                SparkFailure.Number.deadlineExceeded:
                self = .unreachable
            case SparkFailure.Number.unauthenticated, SparkFailure.Number.permissionDenied: self = .refused
            case SparkFailure.Number.cancelled: self = .cancelled
            default: self = .failed
            }
        }
    }
}

extension SparkError.Context {
    init(_ context: ConnectFetchErrorDetailsResponse.QueryContext) {
        // Spark's stop is that of the last character; without a place both are below zero or empty.
        let hasPlace =
            context.contextType == .sql && context.startIndex >= 0 && context.stopIndex >= context.startIndex
            && !context.fragment.isEmpty
        start = hasPlace ? Int(context.startIndex) : nil
        end = hasPlace ? Int(context.stopIndex) + 1 : nil
        fragment = context.fragment
        objectType = context.objectType
        objectName = context.objectName
        summary = context.summary
    }
}
