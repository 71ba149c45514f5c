import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Processes
package import Project
import Recording
package import Scheduling
import Synchronization

/// Why somebody was not told.
package struct Undelivered: Error {
    package var reason: String
    /// It may go better another time.
    package var isPassing: Bool
}

/// Brings notices to where the project's `notifications` want them.
package struct Messenger: Sendable {
    private let project: Project
    private let environment: [String: String]
    /// Before each repetition.
    private let delays: [Duration]

    static let mostAtOnce = 64
    /// How long one attempt may take.
    private let patience: Duration
    private static let commandPatience = Duration.seconds(60)

    package init(
        _ project: Project, environment: [String: String],
        delays: [Duration] = [.seconds(1), .seconds(5), .seconds(30), .seconds(120), .seconds(600)],
        patience: Duration = .seconds(15)
    ) {
        self.patience = patience
        self.project = project
        self.environment = environment
        self.delays = delays
    }

    package func deliver(_ notice: PendingNotice) async throws(Undelivered) {
        // The rule may be gone since.
        guard project.notifications.indices.contains(notice.rule) else { return }
        let channel = project.notifications[notice.rule].channel
        var delays = delays[...]
        while true {
            do throws(Undelivered) {
                return try await send(notice.notice, by: channel)
            } catch {
                guard error.isPassing, let delay = delays.popFirst() else { throw error }
                do {
                    try await Task.sleep(for: delay)
                } catch {
                    throw Undelivered(reason: "the scheduler was stopped", isPassing: true)
                }
            }
        }
    }

    private func send(_ notice: Notice, by channel: Notification.Channel) async throws(Undelivered) {
        switch channel {
        case .webhook(let url): try await post(notice, to: url)
        case .command(let command): try await run(command, notice)
        case .email(let addresses): try await mail(notice, to: addresses)
        }
    }

    /// What programs are told.
    private func document(_ notice: Notice) -> JSON {
        .object([
            ("project", .string(project.name)), ("occasion", .string(notice.occasion.rawValue)),
            // Chat services show it.
            ("text", .string("\(project.name): \(notice.message)")), ("message", .string(notice.message)),
            ("at", .string(Timestamp.iso8601(notice.at))), ("run", .optional(notice.run?.text)),
            ("trigger", .optional(notice.trigger)), ("dataset", .optional(notice.dataset?.text)),
            ("cause", .optional(notice.cause)), ("selection", .optional(notice.selection)),
        ])
    }

    // MARK: Webhooks

    private func post(_ notice: Notice, to url: String) async throws(Undelivered) {
        let status: UInt
        do {
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.headers.add(name: "user-agent", value: "millrace")
            request.body = .bytes(Array(document(notice).text.utf8))
            let response = try await HTTPClient.shared.execute(request, timeout: TimeAmount(patience))
            status = response.status.code
            // Read to its end, so that the connection is free again.
            for try await _ in response.body {}
        } catch {
            throw Undelivered(reason: "its webhook cannot be reached: \(error)", isPassing: true)
        }
        guard (200..<300).contains(status) else {
            throw Undelivered(
                reason: "its webhook answered with status \(status)",
                isPassing: status >= 500 || status == 408 || status == 429)
        }
    }

    // MARK: Commands

    private func run(_ command: [String], _ notice: Notice) async throws(Undelivered) {
        let lastWords = Mutex("")
        let launch = ChildProcess.Launch(
            command, environment: environment, folder: project.root, input: document(notice).text + "\n")
        let ending = await withCheckedContinuation { answer in
            let child = ChildProcess.start(
                launch, onLine: { channel, line in if channel == .errors { lastWords.withLock { $0 = line } } },
                onEnd: { answer.resume(returning: $0) })
            child.stop(after: Self.commandPatience)
        }
        switch ending {
        case .exited(status: 0): return
        case .exited(let status):
            let words = lastWords.withLock { $0 }
            throw Undelivered(
                reason: "its command ended with status \(status)" + (words.isEmpty ? "" : ": \(words)"), isPassing: true
            )
        case .killed(let signal):
            throw Undelivered(reason: "its command was ended by signal \(signal)", isPassing: true)
        case .notStarted(let reason):
            throw Undelivered(reason: "its command cannot be started: \(reason)", isPassing: false)
        }
    }

    // MARK: Mail

    private func mail(_ notice: Notice, to addresses: [String]) async throws(Undelivered) {
        guard let server = project.mailServer else {
            throw Undelivered(reason: "the project names no mail server under 'smtp'", isPassing: false)
        }
        var lines = [notice.message, ""]
        lines.append("project:   \(project.name)")
        if let run = notice.run { lines.append("run:       \(run)") }
        if let cause = notice.cause { lines.append("cause:     \(cause)") }
        if let selection = notice.selection, !selection.isEmpty { lines.append("selection: \(selection)") }
        lines.append("at:        \(Timestamp.utc(notice.at))")
        let mail = Mail(
            from: server.from, to: addresses, subject: "[\(project.name)] \(notice.message)",
            text: lines.joined(separator: "\n"), at: notice.at)
        try await MailClient(server).send(mail, within: patience)
    }
}
