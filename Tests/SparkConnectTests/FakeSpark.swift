import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import SparkConnectProtocol
import SwiftProtobuf
import Synchronization

@testable import SparkConnect

/// A server that keeps to the letter of a script and writes down what it is asked.
final class FakeSpark: RegistrableRPCService {
    /// What one stream of an execution brings.
    struct Stream: Sendable {
        var answers: [Answer] = []
        var error: RPCError?
    }

    struct Answer: Sendable {
        let id: String
        var piece: ConnectExecutePlanResponse.ArrowBatch?
        var isLast = false
        /// What the server calls its side of the session.
        var side = "side"
    }

    enum Call: Hashable, Sendable {
        case greet
        case execute
        case reattach(String?)
        case releaseUntil(String)
        case releaseAll
        case interrupt
        case details(String)
        case releaseSession
    }

    private let streams: Mutex<[Stream]>
    private let state = Mutex(State())
    private let details: ConnectFetchErrorDetailsResponse

    private struct State {
        var calls: [Call] = []
        var metadata = Metadata()
        var request: ConnectExecutePlanRequest?
    }

    init(_ streams: [Stream] = [], details: ConnectFetchErrorDetailsResponse = .init()) {
        self.streams = Mutex(streams)
        self.details = details
    }

    /// Without what is told in passing, at times of its own.
    var calls: [Call] {
        state.withLock { $0.calls.filter { if case .releaseUntil = $0 { false } else { true } } }
    }
    var releases: [String] {
        state.withLock { $0.calls.compactMap { if case .releaseUntil(let id) = $0 { id } else { nil } } }
    }
    /// Of the last request.
    var metadata: Metadata { state.withLock(\.metadata) }
    var request: ConnectExecutePlanRequest? { state.withLock(\.request) }

    /// Runs it on a free port while the body talks to it.
    static func serve<Value: Sendable>(
        _ fake: FakeSpark, certificate: (certificate: String, key: String)? = nil,
        _ body: (SparkEndpoint) async throws -> Value
    ) async throws -> Value {
        var security = HTTP2ServerTransport.Posix.TransportSecurity.plaintext
        if let certificate {
            security = .tls(
                certificateChain: [.file(path: certificate.certificate, format: .pem)],
                privateKey: .file(path: certificate.key, format: .pem))
        }
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: security)
        return try await withGRPCServer(transport: transport, services: [fake]) { server in
            let port = try await server.transport.listeningAddress.ipv4?.port ?? 0
            return try await body(SparkEndpoint(host: certificate == nil ? "127.0.0.1" : "localhost", port: port))
        }
    }

    static func error(_ errorClass: String, id: String? = nil) throws -> RPCError {
        var info = RPCErrorInfo()
        info.metadata = ["errorClass": errorClass]
        if let id { info.metadata["errorId"] = id }
        var detail = RPCStatus.Detail()
        detail.typeURL = "type.googleapis.com/google.rpc.ErrorInfo"
        detail.value = try info.serializedData()
        var status = RPCStatus()
        status.details = [detail]
        return RPCError(
            code: .internalError, message: "[\(errorClass)] cut…",
            metadata: ["grpc-status-details-bin": .binary(try status.serializedBytes())])
    }

    // MARK: - Calls

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        register("AnalyzePlan", &router) { (_: ConnectAnalyzePlanRequest) in
            self.note(.greet)
            var answer = ConnectAnalyzePlanResponse()
            answer.serverSideSessionID = "side"
            answer.sparkVersion.version = "4.fake"
            return answer
        }
        register("ReleaseExecute", &router) { (request: ConnectReleaseExecuteRequest) in
            switch request.release {
            case .releaseUntil(let until): self.note(.releaseUntil(until.responseID))
            default: self.note(.releaseAll)
            }
            return ConnectReleaseExecuteResponse()
        }
        register("Interrupt", &router) { (_: ConnectInterruptRequest) in
            self.note(.interrupt)
            return ConnectInterruptResponse()
        }
        register("ReleaseSession", &router) { (_: ConnectReleaseSessionRequest) in
            self.note(.releaseSession)
            return ConnectReleaseSessionResponse()
        }
        register("FetchErrorDetails", &router) { (request: ConnectFetchErrorDetailsRequest) in
            self.note(.details(request.errorID))
            return self.details
        }
        registerStream("ExecutePlan", &router) { (request: ConnectExecutePlanRequest) in
            self.state.withLock { $0.request = request }
            self.note(.execute)
            return request.operationID
        }
        registerStream("ReattachExecute", &router) { (request: ConnectReattachExecuteRequest) in
            self.note(.reattach(request.hasLastResponseID ? request.lastResponseID : nil))
            return request.operationID
        }
    }

    private func note(_ call: Call) { state.withLock { $0.calls.append(call) } }

    private func register<Request: SwiftProtobuf.Message, Answer: SwiftProtobuf.Message>(
        _ method: String, _ router: inout RPCRouter<some ServerTransport>,
        _ handle: @escaping @Sendable (Request) -> Answer
    ) {
        router.registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: "spark.connect.SparkConnectService", method: method),
            deserializer: MessageDecoder<Request>(), serializer: MessageEncoder<Answer>()
        ) { request, _ in
            self.state.withLock { $0.metadata = request.metadata }
            let request = try await ServerRequest(stream: request)
            return StreamingServerResponse(single: ServerResponse(message: handle(request.message)))
        }
    }

    private func registerStream<Request: SwiftProtobuf.Message>(
        _ method: String, _ router: inout RPCRouter<some ServerTransport>,
        _ operation: @escaping @Sendable (Request) -> String
    ) {
        router.registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: "spark.connect.SparkConnectService", method: method),
            deserializer: MessageDecoder<Request>(), serializer: MessageEncoder<ConnectExecutePlanResponse>()
        ) { request, _ in
            let id = operation(try await ServerRequest(stream: request).message)
            let stream = self.streams.withLock { $0.isEmpty ? Stream() : $0.removeFirst() }
            return StreamingServerResponse { writer in
                for answer in stream.answers {
                    var message = ConnectExecutePlanResponse()
                    message.operationID = id
                    message.responseID = answer.id
                    message.serverSideSessionID = answer.side
                    if let piece = answer.piece { message.arrowBatch = piece }
                    if answer.isLast { message.resultComplete = .init() }
                    try await writer.write(message)
                }
                if let error = stream.error { throw error }
                return [:]
            }
        }
    }
}
