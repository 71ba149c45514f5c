/// Places in pools that hold for all processes that run steps of one project.
package protocol PoolPlaces: Sendable {
    /// Takes places of a pool; nil when they are not all free now. Does not wait.
    ///
    /// What is free is kept aside meanwhile and counts for the next call, and nobody else gets any: otherwise a step
    /// that needs many places could wait for ever for those that need few.
    /// - Parameter size: how many places the pool has.
    /// - Throws: `Diagnostic`
    func take(_ count: Int, of pool: String, size: Int) throws -> PoolHold?

    /// Lets go of what was kept aside.
    func leave()
}

/// Places that a step has; they are its own until it gives them back.
package struct PoolHold: Sendable {
    package let giveBack: @Sendable () -> Void

    package init(giveBack: @escaping @Sendable () -> Void) { self.giveBack = giveBack }
}
