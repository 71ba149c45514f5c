import SparkConnectProtocol

/// What every request of a session has.
protocol SessionRequest {
    var sessionID: String { get set }
    var userContext: ConnectUserContext { get set }
    var clientType: String { get set }
    /// What the server called its side of the session before; it refuses when that is another one now.
    var clientObservedServerSideSessionID: String { get set }
}

/// What every answer has.
protocol SessionAnswer {
    var sessionID: String { get }
    var serverSideSessionID: String { get }
}

extension ConnectExecutePlanRequest: SessionRequest {}
extension ConnectReattachExecuteRequest: SessionRequest {}
extension ConnectReleaseExecuteRequest: SessionRequest {}
extension ConnectInterruptRequest: SessionRequest {}
extension ConnectAnalyzePlanRequest: SessionRequest {}
extension ConnectConfigRequest: SessionRequest {}
extension ConnectFetchErrorDetailsRequest: SessionRequest {}

extension ConnectExecutePlanResponse: SessionAnswer {}
extension ConnectReleaseExecuteResponse: SessionAnswer {}
extension ConnectInterruptResponse: SessionAnswer {}
extension ConnectAnalyzePlanResponse: SessionAnswer {}
extension ConnectConfigResponse: SessionAnswer {}
extension ConnectFetchErrorDetailsResponse: SessionAnswer {}
