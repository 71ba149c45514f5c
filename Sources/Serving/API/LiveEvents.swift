import HTTPTypes
import Hummingbird
import NIOCore

/// Server-sent events (HTML Standard, 9.2).
enum LiveEvents {
    private static let pause = Duration.seconds(15)

    static func response(_ visit: Visit, _ site: Site) throws -> Response {
        let last = visit.headers[lastEventID].flatMap { Int($0) }
        let run = visit.query.text("run")
        guard let events = site.hub.listen(after: last, most: site.options.limits.streams) else {
            throw Trouble(.tooManyRequests, "too many live views are open")
        }
        let body = ResponseBody { writer in
            try await write(events, of: run, to: &writer)
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    private static let lastEventID = HTTPField.Name("last-event-id") ?? .range

    private enum Part: Sendable {
        case event(EventHub.Event)
        case nothing
        case end
    }

    private static func write(
        _ events: AsyncStream<EventHub.Event>, of run: String?, to writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        // A comment now and then: whoever stands between notices that the connection is alive, and the server that it
        // is not.
        let parts = merged(events)
        for await part in parts {
            switch part {
            case .event(let event):
                if event.name == "output", let run, event.run != run { continue }
                try await writer.write(
                    ByteBuffer(string: "id: \(event.id)\nevent: \(event.name)\ndata: \(event.data)\n\n"))
            case .nothing: try await writer.write(ByteBuffer(string: ": still here\n\n"))
            case .end: return
            }
        }
    }

    private static func merged(_ events: AsyncStream<EventHub.Event>) -> AsyncStream<Part> {
        let (stream, continuation) = AsyncStream.makeStream(of: Part.self, bufferingPolicy: .bufferingNewest(1024))
        // Entry point: the two feed the stream until whoever reads it stops.
        let feeder = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await event in events { continuation.yield(.event(event)) }
                    continuation.yield(.end)
                    continuation.finish()
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: pause)
                        continuation.yield(.nothing)
                    }
                }
                await group.next()
                group.cancelAll()
            }
        }
        continuation.onTermination = { _ in feeder.cancel() }
        return stream
    }
}
