/// Deleting what a cancelled step leaves behind. It goes on although the task was cancelled: requests to a store, and
/// the reading of its logs, would else end before they begin.
enum Tidying {
    static func finish(_ body: @escaping @Sendable () async -> Void) async {
        await Task { await body() }.value
    }
}
