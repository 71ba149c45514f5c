import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import Project
package import Recording
package import Scheduling
import ServiceLifecycle

/// The server of `millrace serve`: REST, live events and pages.
package struct Server: Service {
    /// What the server needs of others.
    package struct Parts: Sendable {
        /// The project's name.
        package var project: String
        package var millrace: String
        package var control: any SchedulerControl
        package var history: RunHistory
        package var outlook: Outlook
        package var logger: Logger
        /// Milliseconds since 1970.
        package var now: @Sendable () -> Int

        package init(
            project: String, millrace: String, control: any SchedulerControl, history: RunHistory, outlook: Outlook,
            logger: Logger, now: @escaping @Sendable () -> Int
        ) {
            self.project = project
            self.millrace = millrace
            self.control = control
            self.history = history
            self.outlook = outlook
            self.logger = logger
            self.now = now
        }
    }

    private let options: ServerOptions
    let site: Site
    private let onListening: @Sendable (Int) -> Void

    /// - Parameter onListening: is told the port, once somebody may come in.
    /// - Throws: `Diagnostic` when the options would leave the server open to other machines.
    package init(
        _ parts: Parts, options: ServerOptions, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(Diagnostic) {
        try options.validate()
        self.options = options
        self.onListening = onListening
        site = Site(parts, options: options)
    }

    /// Until the group that it runs in shuts down.
    package func run() async throws {
        let onListening = onListening
        let application = Application(
            responder: SiteResponder(site: site),
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(60),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                availableConnectionsDelegate: MaximumAvailableConnections(options.limits.connections)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: site.logger)
        let site = site
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await site.followScheduler() } }
            group.addTask { await cancelWhenGracefulShutdown { try? await site.followProject() } }
            group.addTask {
                try? await gracefulShutdown()
                // A shutdown waits for what goes on, and live streams never end by themselves.
                site.hub.close()
            }
            try await application.run()
            group.cancelAll()
        }
    }
}
