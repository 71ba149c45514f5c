import Dispatch
import Glibc
import Synchronization

/// Work on buffers, spread over a few threads.
enum Parallel {
    static let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    /// Bytes for which other threads are not worth their waking.
    private static let little = 128 << 10

    /// The results in the items' order. Large items are begun first.
    ///
    /// - Parameters:
    ///   - threads: at most so many, the caller's among them.
    ///   - size: an item's bytes.
    ///   - context: what each thread needs for its work, made once.
    static func map<Item: Sendable, Context, Output>(
        _ items: [Item], threads: Int, size: (Item) -> Int, context: @Sendable () -> Context,
        _ body: @Sendable (Context, Item) throws -> Output
    ) throws -> [Output] {
        let sizes = items.map(size)
        let threads = sizes.reduce(0, +) < little ? 1 : min(threads, items.count)
        guard threads > 1 else {
            let context = context()
            return try items.map { try body(context, $0) }
        }
        let order = items.indices.sorted { sizes[$0] > sizes[$1] }
        let next = Atomic(0)
        var results = [Result<Output, any Error>?](repeating: nil, count: items.count)
        results.withUnsafeMutableBufferPointer { results in
            // Each place is written by one thread, and read when all are done.
            nonisolated(unsafe) let results = results
            DispatchQueue.concurrentPerform(iterations: threads) { _ in
                let context = context()
                while true {
                    let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard turn < order.count else { return }
                    let index = order[turn]
                    results[index] = Result { try body(context, items[index]) }
                }
            }
        }
        return try results.compactMap { try $0?.get() }
    }
}
