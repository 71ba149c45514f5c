/// Compares the files that are there with those that were read. The latter come one after the other and are not kept, so
/// that a million of them take no memory.
package struct SourceComparison {
    private enum State: UInt8 { case new, known, same }

    private let files: SourceFiles
    /// By the hash of a file's name, and onwards from there, its index plus one. At least half are empty.
    private var slots: [UInt32]
    private var states: [State]
    private var vanishedNames: Set<Int> = []
    private let countsVanished: Bool

    /// The first of the files that were read and are gone, in the order of their names.
    package private(set) var vanishedExample: String?

    package init(_ files: SourceFiles, countsVanished: Bool) {
        self.files = files
        self.countsVanished = countsVanished
        states = Array(repeating: .new, count: files.files.count)
        var size = 16
        while size < files.files.count * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        for (index, file) in files.files.enumerated() {
            let hash = files.withName(of: file, Self.hash)
            var slot = hash & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(index) + 1
        }
    }

    private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: name)
        return hasher.finalize()
    }

    /// Takes note of a file that was read. One file may come several times, as it was each time.
    package mutating func read(_ name: UnsafeRawBufferPointer, size: Int, modified: Int) {
        let hash = Self.hash(name)
        var slot = hash & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            let file = files.files[index]
            if files.withName(of: file, { $0.elementsEqual(name) }) {
                if file.size == size, file.modified == modified {
                    states[index] = .same
                } else if states[index] == .new {
                    states[index] = .known
                }
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard countsVanished else { return }
        vanishedNames.insert(hash)
        let text = String(decoding: name, as: UTF8.self)
        vanishedExample = min(vanishedExample ?? text, text)
    }

    /// Files that were never read.
    package var new: [SourceFiles.File] { files(in: .new) }

    /// Files that were read, and are of another size or time since.
    package var doubtful: [SourceFiles.File] { files(in: .known) }

    /// How many files were read and are gone.
    package var vanished: Int { vanishedNames.count }

    private func files(in state: State) -> [SourceFiles.File] {
        states.indices.filter { states[$0] == state }.map { files.files[$0] }
    }
}
