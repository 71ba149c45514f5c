import Foundation
import SparkConnectProtocol
import SwiftProtobuf
import Testing

@testable import SparkConnect

@Suite("Errors of Spark's")
struct SparkErrorTests {
    private func details(_ messages: [(String, any SwiftProtobuf.Message)]) throws -> [UInt8] {
        var status = RPCStatus()
        status.details = try messages.map { type, message in
            var detail = RPCStatus.Detail()
            detail.typeURL = "type.googleapis.com/\(type)"
            detail.value = try message.serializedData()
            return detail
        }
        return try status.serializedBytes()
    }

    @Test("the trailer's details: class, state, parameters, and when to try again")
    func trailer() throws {
        var info = RPCErrorInfo()
        info.reason = "org.apache.spark.sql.AnalysisException"
        info.metadata = [
            "errorClass": "TABLE_OR_VIEW_NOT_FOUND", "sqlState": "42P01", "errorId": "e1",
            "messageParameters": #"{"relationName":"`x`"}"#, "classes": #"["a.B","a.C"]"#,
        ]
        var retry = RPCRetryInfo()
        retry.retryDelay.seconds = 3
        retry.retryDelay.nanos = 500_000_000
        let failure = SparkFailure(
            code: 13, message: "m",
            details: try details([
                ("google.rpc.Help", info), ("google.rpc.ErrorInfo", info), ("google.rpc.RetryInfo", retry),
            ]))
        #expect(failure.errorClass == "TABLE_OR_VIEW_NOT_FOUND" && failure.sqlState == "42P01")
        #expect(failure.errorID == "e1" && failure.parameters == ["relationName": "`x`"])
        #expect(failure.types == ["a.B", "a.C"])
        #expect(failure.retryDelay == .milliseconds(3_500) && failure.isTransient)
    }

    @Test(
        "a trailer that cannot be read leaves the message",
        arguments: [[], [255, 255], Array(repeating: 8, count: 99)])
    func garbage(bytes: [UInt8]) {
        let failure = SparkFailure(code: 13, message: "m", details: bytes)
        #expect(failure.message == "m" && failure.errorClass == nil && !failure.isTransient)
    }

    @Test("what a caller can do about it")
    func codes() {
        func code(_ number: Int, _ message: String, _ errorClass: String? = nil) -> SparkError.Code {
            SparkError(
                SparkFailure(code: number, message: message, errorClass: errorClass), details: nil, address: "h:1"
            ).code
        }
        #expect(code(14, "refused") == .unreachable)
        #expect(code(12, "unknown method") == .unreachable)
        #expect(code(16, "no") == .refused)
        #expect(code(7, "no") == .refused)
        #expect(code(13, "x", "INVALID_HANDLE.SESSION_NOT_FOUND") == .sessionLost)
        #expect(code(13, "[INVALID_HANDLE.SESSION_CHANGED] x") == .sessionLost)
        #expect(code(13, "x", "INVALID_HANDLE.OPERATION_NOT_FOUND") == .operationLost)
        #expect(code(13, "[OPERATION_CANCELED] x") == .cancelled)
        #expect(code(13, "x", "DIVIDE_BY_ZERO") == .failed)
        #expect(code(2, "x") == .failed)
        let down = SparkError(SparkFailure(code: 14, message: "refused"), details: nil, address: "h:1")
        #expect(down.description == "no Spark Connect server answers at h:1: refused")
    }

    @Test("details: whole message, contexts from outside in, causes; a circle of causes ends")
    func mapping() {
        var response = ConnectFetchErrorDetailsResponse()
        response.rootErrorIdx = 0
        var root = ConnectFetchErrorDetailsResponse.Error()
        root.message = "[DIVIDE_BY_ZERO] whole"
        root.causeIdx = 1
        root.sparkThrowable.errorClass = "DIVIDE_BY_ZERO"
        root.sparkThrowable.sqlState = "22012"
        root.sparkThrowable.messageParameters = ["config": "c"]
        var context = ConnectFetchErrorDetailsResponse.QueryContext()
        context.startIndex = 7
        context.stopIndex = 11
        context.fragment = "1 / 0"
        var call = ConnectFetchErrorDetailsResponse.QueryContext()
        call.contextType = .dataframe
        root.sparkThrowable.queryContexts = [context, call]
        var cause = ConnectFetchErrorDetailsResponse.Error()
        cause.errorTypeHierarchy = ["java.lang.ArithmeticException"]
        cause.message = "by zero"
        cause.causeIdx = 1
        response.errors = [root, cause]
        let error = SparkError(
            SparkFailure(code: 13, message: "[DIVIDE_BY_ZERO] wh…", errorClass: "DIVIDE_BY_ZERO"), details: response,
            address: "h:1")
        #expect(error.description == "[DIVIDE_BY_ZERO] whole")
        #expect(error.code == .failed && error.sqlState == "22012" && error.parameters == ["config": "c"])
        #expect(error.contexts.map(\.start) == [7, nil] && error.contexts.map(\.end) == [12, nil])
        #expect(error.causes.first == .init(type: "java.lang.ArithmeticException", message: "by zero", errorClass: nil))
        #expect(error.causes.count <= 2)
        let statement = "SELECT 1 / 0"
        let range = error.contexts[0].range(in: statement)
        #expect(range.map { String(statement[$0]) } == "1 / 0")
    }

    @Test("places count code points, and one outside of the text is none")
    func places() {
        func fragment(_ start: Int?, _ end: Int?, _ text: String) -> String? {
            SparkError.Context(start: start, end: end, fragment: "", objectType: "", objectName: "", summary: "")
                .range(in: text).map { String(text[$0]) }
        }
        #expect(fragment(2, 3, "𝒳äb") == "b")
        #expect(fragment(1, 2, "𝒳") == nil)
        #expect(fragment(0, 9, "ab") == nil)
        #expect(fragment(nil, nil, "ab") == nil)
        #expect(fragment(2, 1, "abc") == nil)
        #expect(fragment(-1, 1, "abc") == nil)
    }
}
