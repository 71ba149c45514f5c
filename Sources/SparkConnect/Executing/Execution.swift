import Foundation
import SparkConnectProtocol

/// One plan under way on the server: answers over as many streams as it takes, and the server told what it need not
/// keep any longer.
struct Execution: Sendable {
    let session: SparkSession
    let id: UUID
    let plan: SparkPlan
    let tags: [String]
    /// Bytes that the server shall put at most into one answer; nil for its own measure.
    let pieceSize: Int?
    let receive: @Sendable (SparkEvent) async throws -> Void

    /// How far the answers have been taken.
    private struct Position: Sendable {
        var machine: ReattachMachine
        var assembler = ChunkAssembler()
    }

    /// Returns when everything was received.
    func run() async throws {
        var position = Position(machine: ReattachMachine(session.policy))
        do {
            let (taken, takes) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // One after the other, and always up to the newest: a slow server gets fewer of them.
                    for await response in taken { await release(until: response) }
                }
                defer {
                    takes.finish()
                    group.cancelAll()
                }
                try await drive(&position, takes)
            }
            guard !position.assembler.isIncomplete else {
                throw SparkError(.malformed, "the result ends within a batch")
            }
            await release()
        } catch {
            if position.machine.isKnownToServer { await end() }
            throw error
        }
    }

    private func drive(_ position: inout Position, _ takes: AsyncStream<String>.Continuation) async throws {
        var step = position.machine.start()
        while true {
            try Task.checkCancellation()
            let end: SparkService.StreamEnd
            switch step {
            case .finish: return
            case .fail(let failure): throw await session.error(failure)
            case .wait(let time):
                try await session.clock.sleep(for: time)
                step = position.machine.resume()
                continue
            case .execute:
                let request = try session.prepared(executeRequest)
                (position, end) = await session.service.stream(
                    "ExecutePlan", request, from: position
                ) { try await take($0, &$1, takes) }
            case .reattach(let last):
                var request = ConnectReattachExecuteRequest()
                request.operationID = textID
                if let last { request.lastResponseID = last }
                (position, end) = await session.service.stream(
                    "ReattachExecute", try session.prepared(request), from: position
                ) { try await take($0, &$1, takes) }
            }
            switch end {
            case .ended, .enough: step = position.machine.ended()
            case .failed(let failure as SparkFailure):
                step = position.machine.failed(failure, chance: SparkSession.chance())
            case .failed(let error), .thrown(let error): throw error
            }
        }
    }

    /// - Returns: whether more is to come.
    private func take(
        _ answer: ConnectExecutePlanResponse, _ position: inout Position, _ takes: AsyncStream<String>.Continuation
    ) async throws -> Bool {
        try session.check(answer)
        guard answer.operationID.isEmpty || answer.operationID == textID else {
            throw SparkError(.malformed, "the server at \(session.endpoint.address) answered for another execution")
        }
        var isLast = false
        if case .resultComplete = answer.responseType { isLast = true }
        let isComplete = position.machine.received(answer.responseID, isLast: isLast)
        if answer.hasSchema { try await receive(.schema(session.fields(answer.schema))) }
        switch answer.responseType {
        case .arrowBatch(let piece):
            if let batch = try position.assembler.take(piece) { try await receive(.batch(batch)) }
        case .sqlCommandResult(let result): try await receive(.relation(SparkRelation(result.relation)))
        case .executionProgress(let progress): try await receive(.progress(SparkProgress(progress)))
        case .resultComplete, nil: break
        }
        for metrics in answer.observedMetrics { try await receive(.observed(SparkObservation(metrics))) }
        if !isComplete { takes.yield(answer.responseID) }
        return !isComplete
    }

    // MARK: - Requests

    private var textID: String { id.uuidString.lowercased() }

    private var executeRequest: ConnectExecutePlanRequest {
        var request = ConnectExecutePlanRequest()
        request.plan = plan.message
        request.operationID = textID
        request.tags = tags
        var reattaching = ConnectExecutePlanRequest.RequestOption()
        reattaching.reattachOptions.reattachable = true
        var chunking = ConnectExecutePlanRequest.RequestOption()
        chunking.resultChunkingOptions.allowArrowBatchChunking = true
        if let pieceSize { chunking.resultChunkingOptions.preferredArrowChunkSize = Int64(pieceSize) }
        request.requestOptions = [reattaching, chunking]
        return request
    }

    private func release(until response: String) async {
        var request = ConnectReleaseExecuteRequest()
        request.operationID = textID
        request.releaseUntil.responseID = response
        await release(request)
    }

    /// The server forgets the execution.
    private func release() async {
        await LastWord.say {
            var request = ConnectReleaseExecuteRequest()
            request.operationID = textID
            request.releaseAll = .init()
            await release(request)
        }
    }

    /// That the server keeps something longer is no error of the execution.
    private func release(_ request: ConnectReleaseExecuteRequest) async {
        guard let request = try? session.prepared(request) else { return }
        let _: ConnectReleaseExecuteResponse? = try? await session.service.call(
            "ReleaseExecute", request, within: SparkSession.lastPatience)
    }

    /// The server stops working for it.
    private func end() async {
        await LastWord.say {
            var request = ConnectInterruptRequest()
            request.interruptType = .operationID
            request.operationID = textID
            guard let request = try? session.prepared(request) else { return }
            let _: ConnectInterruptResponse? = try? await session.service.call(
                "Interrupt", request, within: SparkSession.lastPatience)
        }
        await release()
    }
}

extension SparkProgress {
    init(_ progress: ConnectExecutePlanResponse.ExecutionProgress) {
        stages = progress.stages.map { stage in
            Stage(
                id: Int(stage.stageID), tasks: Int(stage.numTasks), completedTasks: Int(stage.numCompletedTasks),
                bytesRead: Int(stage.inputBytesRead), isDone: stage.done)
        }
        tasksUnderWay = Int(progress.numInflightTasks)
    }
}

extension SparkObservation {
    init(_ metrics: ConnectExecutePlanResponse.ObservedMetrics) {
        name = metrics.name
        values = Dictionary(
            zip(metrics.keys, metrics.values).compactMap { key, value in SparkLiteral(value).map { (key, $0) } },
            uniquingKeysWith: { $1 })
    }
}
