/// A piece of a translated query, and where in the user's query it comes from: when the other engine points at a piece of
/// what it was given, that is what the user wrote.
package struct TranslatedPlace: Sendable, Equatable {
    package var text: String
    /// The byte of the user's query.
    package var position: Int
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
