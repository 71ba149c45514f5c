/// A piece of a translated query, and where in the user's query it comes from: when the other engine points at a piece of
/// what it was given, that is what the user wrote.
package struct TranslatedPlace: Sendable, Equatable {
    package var text: String
    /// The byte of the user's query.
    package var position: Int

    /// What stands at the end of a message of a failure that the translation raises.
    package struct Mark {
        package let position: Int

        init(_ position: Int) { self.position = position }

        var text: String { " \u{27E8}\(position)\u{27E9}" }

        /// Takes the mark out of a message; nil when there is none.
        package init?(takenFrom message: inout String) {
            guard let start = message.lastIndex(of: "\u{27E8}"), let end = message[start...].firstIndex(of: "\u{27E9}"),
                let position = Int(message[message.index(after: start)..<end])
            else { return nil }
            self.position = position
            let before = message[..<start]
            message.removeSubrange((before.last == " " ? before.index(before: start) : start)...end)
        }
    }
}

extension [TranslatedPlace] {
    /// The byte of the user's query that a fragment of the translation comes from; nil if there is no telling.
    package func position(of fragment: String) -> Int? {
        guard !fragment.isEmpty else { return nil }
        // The smallest piece that holds the fragment is nearest to it; else the largest that is in it.
        if let around = filter({ $0.text.contains(fragment) }).min(by: { $0.text.utf8.count < $1.text.utf8.count }) {
            return around.position
        }
        return filter { $0.text.utf8.count > 2 && fragment.contains($0.text) }
            .max { $0.text.utf8.count < $1.text.utf8.count }?.position
    }
}
