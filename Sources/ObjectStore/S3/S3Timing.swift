#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The clock and the dice of a store; tests have their own.
struct S3Timing: Sendable {
    /// Milliseconds since 1970.
    var now: @Sendable () -> Int
    /// Waits for so many milliseconds; returns early when the task is cancelled.
    var sleep: @Sendable (Int) async -> Void
    /// A number from nothing to a bound.
    var random: @Sendable (Int) -> Int

    static let system = S3Timing(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
        },
        sleep: { try? await Task.sleep(for: .milliseconds($0)) },
        random: { Int.random(in: 0...max(0, $0)) })
}
