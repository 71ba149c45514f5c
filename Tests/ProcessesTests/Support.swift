import Foundation
import Testing

/// Waits until something is so, for at most ten seconds.
func eventually(
    _ words: String, sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(10)
    while try !isSo() {
        guard .now < end else {
            Issue.record("never: \(words)", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The processes of a group that are alive, or that nobody took away.
func members(ofGroup group: Int) -> [Int] {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int($0) } ?? []
    return numbers.filter { number in
        guard let text = FileManager.default.contents(atPath: "/proc/\(number)/stat") else { return false }
        // After the name in parentheses: state, parent, group.
        let words = String(decoding: text, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        return words.count > 2 && Int(words[2]) == group
    }
}
