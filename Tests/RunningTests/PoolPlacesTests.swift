import Foundation
import Testing

@testable import Running

@Suite("Places in pools that processes share")
final class PoolPlacesTests {
    enum Kind: CaseIterable {
        case memory, files
    }

    private let folder = NSTemporaryDirectory() + "millrace-pools-" + UUID().uuidString

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The same pools as two processes see them.
    private func pair(_ kind: Kind) -> (any PoolPlaces, any PoolPlaces) {
        switch kind {
        case .memory:
            let places = MemoryPlaces()
            return (places, places.sharing())
        case .files: return (FilePlaces(folder: folder + "/pools"), FilePlaces(folder: folder + "/pools"))
        }
    }

    @Test("what one has the other cannot take, until it is given back", arguments: Kind.allCases)
    func taken(_ kind: Kind) throws {
        let (one, two) = pair(kind)
        let hold = try #require(try one.take(2, of: "db", size: 3))
        #expect(try two.take(2, of: "db", size: 3) == nil)
        two.leave()
        let other = try #require(try two.take(1, of: "db", size: 3))
        #expect(try one.take(1, of: "db", size: 3) == nil)
        one.leave()
        hold.giveBack()
        let third = try #require(try two.take(2, of: "db", size: 3))
        third.giveBack()
        other.giveBack()
        #expect(try one.take(3, of: "db", size: 3) != nil)
    }

    @Test("pools have nothing to do with each other", arguments: Kind.allCases)
    func separate(_ kind: Kind) throws {
        let (one, two) = pair(kind)
        let hold = try #require(try one.take(1, of: "a/b", size: 1))
        #expect(try two.take(1, of: "a/b", size: 1) == nil)
        #expect(try two.take(1, of: "../c", size: 1) != nil)
        hold.giveBack()
    }

    @Test("who waits for many places is not passed by those that need few", arguments: Kind.allCases)
    func starvation(_ kind: Kind) throws {
        let (one, two) = pair(kind)
        let (first, second) = (try one.take(1, of: "db", size: 2), try one.take(1, of: "db", size: 2))
        #expect(try two.take(2, of: "db", size: 2) == nil)
        try #require(first).giveBack()
        #expect(try two.take(2, of: "db", size: 2) == nil)
        // The place that became free is kept for the other.
        #expect(try one.take(1, of: "db", size: 2) == nil)
        try #require(second).giveBack()
        #expect(try two.take(2, of: "db", size: 2) != nil)
    }

    @Test("who gives up waiting leaves what was kept aside to the others", arguments: Kind.allCases)
    func leaving(_ kind: Kind) throws {
        let (one, two) = pair(kind)
        let hold = try one.take(1, of: "db", size: 2)
        #expect(try two.take(2, of: "db", size: 2) == nil)
        two.leave()
        #expect(try one.take(1, of: "db", size: 2) != nil)
        #expect(hold != nil)
    }
}
