import Project
import Scheduling

extension Supervisor {
    /// Tells people what they want to be told. What cannot be delivered is tried again for some minutes, and never holds
    /// anything else up.
    func sendNotices() async {
        await withTaskGroup(of: Void.self) { group in
            var busy = 0
            while !Task.isCancelled {
                let letters = await notices.take()
                if letters.isEmpty { break }
                for notice in letters {
                    if busy >= Messenger.mostAtOnce {
                        await group.next()
                        busy -= 1
                    }
                    busy += 1
                    group.addTask { await self.deliver(notice) }
                }
            }
            group.cancelAll()
        }
    }

    private func deliver(_ notice: PendingNotice) async {
        let project = project
        let messenger = Messenger(project, environment: options.environment)
        do throws(Undelivered) {
            try await messenger.deliver(notice)
        } catch {
            if Task.isCancelled { return }
            let message = project.redaction.redact("nobody could be told that \(notice.notice.message)")
            options.surroundings.warn(.warning(message, notes: [project.redaction.redact(error.reason)]))
        }
        mailbox.put(.told(notice.number))
    }
}
