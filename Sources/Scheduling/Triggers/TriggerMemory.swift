/// What triggers have to know again after the process ended.
package struct TriggerMemory: Sendable, Codable, Equatable {
    /// A condition of an `and` that has fired, and waits for the others.
    package struct Half: Sendable, Codable, Equatable {
        package var at: Int
        package var cause: String
    }

    /// A firing that a debounce or jitter holds back.
    package struct Pending: Sendable, Codable, Equatable {
        /// When it goes out.
        package var due: Int
        /// The time that it will bear.
        package var at: Int
        package var cause: String
        /// When the first of what it stands for came.
        package var since: Int?
    }

    package struct Entry: Sendable, Codable, Equatable {
        /// The condition in words: what is remembered of another one means nothing.
        package var condition: String
        /// Times up to this one are dealt with, in milliseconds since 1970.
        package var evaluatedUpTo: Int
        /// What a person wanted, where it differs from the project file.
        package var isPaused: Bool?
        /// By the place of an `and` in the condition (`` for the whole, `1.0` for the first part of the second part)
        /// those of its conditions that have fired, by their numbers.
        package var halves: [String: [Int: Half]] = [:]
        package var pending: Pending?
        package var lastFired: Int?
    }

    /// By the triggers' names.
    package var triggers: [String: Entry] = [:]

    package init() {}
}
