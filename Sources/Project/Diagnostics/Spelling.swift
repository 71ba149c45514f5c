/// Finds the word that a user probably meant.
package enum Spelling {
    /// The candidate nearest to `word` by edit distance, if it is near enough to be a likely slip:
    /// at most a third of the word's length, never more than three edits.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let folded = Array(word.lowercased())
        let limit = min(3, max(1, folded.count / 3))
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let distance = self.distance(folded, Array(candidate.lowercased()))
            if distance <= limit, distance < (best?.distance ?? .max) {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, leftCharacter) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, rightCharacter) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1)
                cost = min(cost, last[column] + (leftCharacter == rightCharacter ? 0 : 1))
                if row > 0, column > 0, leftCharacter == right[column - 1], left[row - 1] == rightCharacter {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
