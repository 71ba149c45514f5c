package import Foundation
import SparkConnectProtocol
import SwiftProtobuf
import Synchronization

/// A session on a Spark server: views, settings and executions that belong together.
///
/// Everything that can be asked of it throws `SparkError`, and `CancellationError` when its task is cancelled. Who opens
/// a session closes it: the server keeps it, with what it holds in memory, for an hour otherwise.
package final class SparkSession: Sendable {
    package let id: UUID
    package let endpoint: SparkEndpoint
    /// Such as `4.1.4`.
    package var serverVersion: String { state.withLock(\.version) }

    let service: SparkService
    let policy: RetryPolicy
    let clock: any Clock<Duration>
    private let state = Mutex(State())

    private struct State {
        var serverSideID: String?
        /// Why no more can be asked of it.
        var loss: SparkError?
        var version = ""
    }

    private init(
        _ endpoint: SparkEndpoint, _ policy: RetryPolicy, _ clock: any Clock<Duration>
    ) throws(SparkError) {
        self.endpoint = endpoint
        self.policy = policy
        self.clock = clock
        id = endpoint.sessionID ?? UUID()
        service = try SparkService(endpoint)
    }

    /// Makes a session, and sees that a server answers.
    ///
    /// - Parameters:
    ///   - connecting: how long to try when nobody answers.
    ///   - patience: how long to wait for the first answer of somebody who listens and is silent.
    ///   - policy: how long to try for everything after that.
    package static func open(
        _ endpoint: SparkEndpoint, connecting: RetryPolicy = .connecting, patience: Duration = .seconds(30),
        policy: RetryPolicy = .standard, clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> SparkSession {
        let session = try SparkSession(endpoint, policy, clock)
        do {
            try await session.greet(connecting, patience)
        } catch {
            await session.service.close()
            throw error
        }
        return session
    }

    /// A session that is closed at the end of the body, however that ends.
    nonisolated(nonsending) package static func with<Value>(
        _ endpoint: SparkEndpoint, connecting: RetryPolicy = .connecting, patience: Duration = .seconds(30),
        policy: RetryPolicy = .standard, _ body: (SparkSession) async throws -> Value
    ) async throws -> Value {
        let session = try await open(endpoint, connecting: connecting, patience: patience, policy: policy)
        do {
            let value = try await body(session)
            await session.close()
            return value
        } catch {
            await session.close()
            throw error
        }
    }

    /// The server ends what still runs and forgets the session. Errors are of no interest any more.
    package func close() async {
        let isLost = state.withLock { $0.loss != nil }
        await LastWord.say { [self] in
            if !isLost {
                var request = ConnectReleaseSessionRequest()
                request.sessionID = textID
                request.userContext = userContext
                request.clientType = endpoint.userAgent
                let _: ConnectReleaseSessionResponse? = try? await service.call(
                    "ReleaseSession", request, within: Self.lastPatience)
            }
            await service.close()
        }
    }

    /// For calls after which nothing comes.
    static let lastPatience = Duration.seconds(5)

    private func greet(_ policy: RetryPolicy, _ patience: Duration) async throws {
        var request = ConnectAnalyzePlanRequest()
        request.sparkVersion = .init()
        let answer: ConnectAnalyzePlanResponse = try await call("AnalyzePlan", request, policy, within: patience)
        state.withLock { $0.version = answer.sparkVersion.version }
    }

    // MARK: - Requests

    var textID: String { id.uuidString.lowercased() }

    private var userContext: ConnectUserContext {
        var context = ConnectUserContext()
        context.userID = endpoint.userID
        context.userName = endpoint.userID
        return context
    }

    func prepared<Request: SessionRequest>(_ request: Request) throws(SparkError) -> Request {
        let (serverSideID, loss) = state.withLock { ($0.serverSideID, $0.loss) }
        if let loss { throw loss }
        var request = request
        request.sessionID = textID
        request.userContext = userContext
        request.clientType = endpoint.userAgent
        if let serverSideID { request.clientObservedServerSideSessionID = serverSideID }
        return request
    }

    /// Sees that an answer is one of this session.
    func check(_ answer: some SessionAnswer) throws(SparkError) {
        guard answer.sessionID.isEmpty || answer.sessionID == textID else {
            throw SparkError(.malformed, "the server at \(endpoint.address) answered for another session")
        }
        guard !answer.serverSideSessionID.isEmpty else { return }
        let loss = state.withLock { state -> SparkError? in
            if state.serverSideID == nil { state.serverSideID = answer.serverSideSessionID }
            if state.serverSideID != answer.serverSideSessionID, state.loss == nil {
                state.loss = SparkError(
                    .sessionLost, "the server at \(endpoint.address) began anew, and this session's views are gone")
            }
            return state.loss
        }
        if let loss { throw loss }
    }

    /// One request and its answer, tried again as the policy says.
    func call<Request: SessionRequest & SwiftProtobuf.Message, Answer: SessionAnswer & SwiftProtobuf.Message>(
        _ method: String, _ request: Request, _ policy: RetryPolicy? = nil, within time: Duration? = nil
    ) async throws -> Answer {
        var retries = Retries(policy ?? self.policy)
        while true {
            do {
                let answer: Answer = try await service.call(method, try prepared(request), within: time)
                try check(answer)
                return answer
            } catch let failure as SparkFailure {
                guard let wait = retries.wait(after: failure, chance: Self.chance()) else {
                    throw await error(failure)
                }
                try await clock.sleep(for: wait)
            }
        }
    }

    static func chance() -> Double { .random(in: 0..<1) }

    /// The error with what the server has to say about it. It says it once.
    func error(_ failure: SparkFailure) async -> SparkError {
        var details: ConnectFetchErrorDetailsResponse?
        if let id = failure.errorID {
            var request = ConnectFetchErrorDetailsRequest()
            request.errorID = id
            if let request = try? prepared(request) {
                details = try? await service.call("FetchErrorDetails", request, within: Self.lastPatience)
            }
        }
        let error = SparkError(failure, details: details, address: endpoint.address)
        if error.code == .sessionLost { state.withLock { $0.loss = $0.loss ?? error } }
        return error
    }
}
