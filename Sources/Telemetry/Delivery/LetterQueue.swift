/// Something that a receiver is to be told.
struct Letter: Sendable {
    var bytes: [UInt8]
    /// Letters about the same thing arrive one after the other; nil for those whose order is of no matter.
    var subject: String?
    /// It goes after all that were put before it, and before all that come later.
    var isAlone = false
}

/// What waits to be told: at most so many letters, so that a receiver that does not keep up costs no memory.
struct LetterQueue: Sendable {
    private(set) var waiting: [Letter] = []
    /// Letters that nobody will be told any more.
    private(set) var lost = 0
    let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// When it is full, the new one is lost: of those that wait some may be on their way.
    mutating func put(_ letter: Letter) {
        guard waiting.count < capacity else {
            lost += 1
            return
        }
        waiting.append(letter)
    }

    /// The places of the letters that may go now, side by side.
    func choice(atMost count: Int) -> [Int] {
        var chosen: [Int] = []
        var subjects: Set<String> = []
        for (place, letter) in waiting.enumerated() {
            if letter.isAlone { return place == 0 ? [0] : chosen }
            if chosen.count == count { break }
            if let subject = letter.subject, !subjects.insert(subject).inserted { continue }
            chosen.append(place)
        }
        return chosen
    }

    /// Takes out letters that arrived, or never will.
    mutating func remove(_ places: [Int], lost isLost: Bool = false) {
        for place in places.sorted(by: >) where waiting.indices.contains(place) { waiting.remove(at: place) }
        if isLost { lost += places.count }
    }

    mutating func lose(_ count: Int) { lost += count }

    mutating func giveUp() {
        lost += waiting.count
        waiting = []
    }
}
