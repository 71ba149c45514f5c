/// Reads what a project says about the server and its runs: `pools`, `runs`, `notifications`, `smtp`.
struct OrchestrationReader {
    let context: ReadingContext

    /// The places that each pool has; pools whose number cannot be read have `Int.max`, so that it is no second problem.
    func pools(_ entry: YAMLEntry?) -> [String: Int] {
        guard let entry, let field = FieldRegistry.project.field("pools") else { return [:] }
        guard let mapping = entry.value.mapping else {
            context.mismatch(field, entry.value, at: entry, hint: "for example 'pools: { database: 2 }'")
            return [:]
        }
        let defined = Definitions(of: "pool", context)
        var pools: [String: Int] = [:]
        for pool in mapping where defined.name(pool) != nil {
            pools[pool.name] = context.integer(pool, field: Field(pool.name, .integer(min: 1), field.doc)) ?? .max
        }
        return pools
    }

    func runs(_ entry: YAMLEntry?) -> RunRules {
        var rules = RunRules()
        guard let entry,
            let values = FieldValues(entry.value, as: FieldRegistry.runs, named: "runs", at: entry.span, in: context)
        else { return rules }
        if let concurrency = values.integer("concurrency") { rules.concurrency = concurrency }
        rules.timeout = values.duration("timeout")
        guard let keep = values.present("keep"),
            let kept = FieldValues(keep.value, as: FieldRegistry.keep, named: "keep", at: keep.span, in: context)
        else { return rules }
        if let age = kept.seconds("age") { rules.keptAge = age }
        if let count = kept.integer("count") { rules.keptCount = count }
        return rules
    }

    // MARK: Notifications

    func notifications(_ entry: YAMLEntry?, hasMailServer: Bool) -> [Notification] {
        guard let entry, let field = FieldRegistry.project.field("notifications") else { return [] }
        guard let items = entry.value.list else {
            context.mismatch(
                field, entry.value, at: entry, hint: field.example.map { "for example 'notifications: \($0)'" })
            return []
        }
        return items.compactMap { notification($0, hasMailServer: hasMailServer) }
    }

    private func notification(_ item: YAMLNode, hasMailServer: Bool) -> Notification? {
        guard
            let values = FieldValues(
                item, as: FieldRegistry.notification, named: "notifications", at: item.span, in: context)
        else { return nil }
        let occasions = Set(values.words("on", as: Notification.Occasion.self))
        let lateAfter = values.seconds("late_after")
        if let entry = values.entry("late_after"), !occasions.contains(.late) {
            context.error(
                "'late_after' means nothing without 'on: late'", at: entry.span,
                hint: "add 'late' to 'on', or remove it")
        }
        let triggers = values.texts("triggers")
        let given = values.given(values.section.needsOneOf)
        if given.count > 1 {
            context.error(
                "a notification has one way, and here are \(given.map { "'\($0.name)'" }.joined(separator: " and "))",
                at: given[1].span, hint: "make a notification of each")
            return nil
        }
        guard let channel = channel(values, hasMailServer: hasMailServer), !occasions.isEmpty else { return nil }
        return Notification(
            occasions: occasions, channel: channel, triggers: triggers, lateAfter: lateAfter, span: item.span)
    }

    private func channel(_ values: FieldValues, hasMailServer: Bool) -> Notification.Channel? {
        if values.entry("webhook") != nil {
            guard let url = values.located("webhook") else { return nil }
            guard Self.isWebAddress(url.value) else {
                context.error(
                    "this is no URL of a web server", at: url.span, hint: "it begins with https:// or http://")
                return nil
            }
            return .webhook(url: url.value)
        }
        if let entry = values.entry("email") {
            let addresses = values.texts("email")
            let good = addresses.filter { isAddress($0) }
            if !hasMailServer {
                context.error(
                    "'email' needs a server that sends mail, and the project has no 'smtp'", at: entry.span,
                    hint: "add 'smtp: { host: …, from: … }'")
            }
            return good.isEmpty || good.count < addresses.count ? nil : .email(to: good.map(\.value))
        }
        let command = values.texts("command", allowsEmpty: true).map(\.value)
        guard let program = command.first, !program.isEmpty else { return nil }
        return .command(command)
    }

    static func isWebAddress(_ text: String) -> Bool {
        ["http://", "https://"].contains { scheme in
            text.hasPrefix(scheme) && text.dropFirst(scheme.count).first.map { $0 != "/" } == true
        } && !text.contains(where: \.isWhitespace)
    }

    // MARK: Mail

    func mailServer(_ entry: YAMLEntry?) -> MailServer? {
        guard let entry,
            let values = FieldValues(entry.value, as: FieldRegistry.smtp, named: "smtp", at: entry.span, in: context)
        else { return nil }
        let security = values.word("security", as: MailServer.Security.self) ?? .starttls
        let port = values.integer("port")
        if let port, port > 65_535, let written = values.entry("port") {
            context.error("a port is a number from 1 to 65535, not \(port)", at: written.value.span)
        }
        for (one, other) in [("user", "password"), ("password", "user")] {
            guard let written = values.entry(one), values.entry(other) == nil else { continue }
            context.error("'\(one)' needs '\(other)' beside it", at: written.span, hint: "add '\(other)'")
        }
        let (user, password) = (values.text("user"), values.text("password"))
        let from = values.located("from").flatMap { isAddress($0) ? $0.value : nil }
        guard let host = values.text("host"), let from else { return nil }
        let usual = [MailServer.Security.none: 25, .starttls: 587, .tls: 465]
        return MailServer(
            host: host, port: port ?? usual[security] ?? 587, security: security, user: user, password: password,
            from: from)
    }

    /// Something before and after one `@`, and nothing that could be read as another header or command.
    private func isAddress(_ text: Located<String>) -> Bool {
        let parts = text.value.split(separator: "@", omittingEmptySubsequences: false)
        let isGood =
            parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && !text.value.contains { $0.isWhitespace || $0 == "<" || $0 == ">" || $0 == "," }
        if !isGood {
            context.error("this is no e-mail address", at: text.span, hint: "write it as name@example.org")
        }
        return isGood
    }
}
