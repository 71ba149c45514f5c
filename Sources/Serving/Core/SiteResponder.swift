import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Project

/// What is known of a connection.
struct VisitContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The address that the request came from, without the port.
    var address: String { channel.remoteAddress?.ipAddress ?? "?" }
}

/// Lets requests in, one rule after the other, and answers them.
struct SiteResponder: HTTPResponder {
    typealias Context = VisitContext

    let site: Site

    func respond(to request: Request, context: VisitContext) async throws -> Response {
        let started = ContinuousClock.now
        var gate = Gate(site: site, request: request, address: context.address)
        var response: Response
        do {
            response = try await gate.answer()
        } catch {
            response = trouble(error, gate)
        }
        if request.method == .head { response = response.createHeadResponse() }
        if gate.hasUnreadBody { closeSoon(&response, context.channel) }
        site.guards.addHeaders(to: &response, isStatic: gate.route?.kind == .open)
        let took = started.duration(to: .now)
        site.traffic.count(gate.route?.template, response.status.code, took)
        return response
    }

    private func trouble(_ error: any Error, _ gate: Gate) -> Response {
        let trouble = Trouble(error)
        if trouble.status == .internalServerError, !(error is Trouble) {
            site.logger.error("\(gate.request.method) \(gate.route?.template ?? "?"): \(error)")
        }
        var response: Response
        if gate.wantsPage {
            response = .page(TroublePage.html(trouble, gate.visit, site), status: trouble.status)
        } else {
            response = .problem(trouble)
        }
        for field in trouble.headers { response.headers[field.name] = field.value }
        return response
    }

    /// The rest of a body that nobody wants would be read for as long as it comes.
    private func closeSoon(_ response: inout Response, _ channel: any Channel) {
        response.headers[.connection] = "close"
        channel.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
    }
}
