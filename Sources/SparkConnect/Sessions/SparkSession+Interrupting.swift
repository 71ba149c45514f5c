package import Foundation
import SparkConnectProtocol

/// Ending what the session has running.
extension SparkSession {
    /// - Returns: the executions that were told to end.
    @discardableResult
    package func interruptAll() async throws -> [String] {
        var request = ConnectInterruptRequest()
        request.interruptType = .all
        return try await interrupt(request)
    }

    /// Ends those that were started with the tag.
    @discardableResult
    package func interrupt(tag: String) async throws -> [String] {
        try Self.check(tag: tag)
        var request = ConnectInterruptRequest()
        request.interruptType = .tag
        request.operationTag = tag
        return try await interrupt(request)
    }

    @discardableResult
    package func interrupt(operation: UUID) async throws -> [String] {
        var request = ConnectInterruptRequest()
        request.interruptType = .operationID
        request.operationID = operation.uuidString.lowercased()
        return try await interrupt(request)
    }

    private func interrupt(_ request: ConnectInterruptRequest) async throws -> [String] {
        let answer: ConnectInterruptResponse = try await call("Interrupt", request)
        return answer.interruptedIds
    }

    static func check(tag: String) throws(SparkError) {
        guard !tag.isEmpty, !tag.contains(",") else {
            throw SparkError(.invalid, "a tag of an execution is not empty and has no comma")
        }
    }
}
