import Synchronization

/// The places of pools that only this process knows: for tests, and for projects whose folder is not to be written to.
/// What one instance gives away, copies made by `sharing` do not have.
package final class MemoryPlaces: PoolPlaces {
    private final class Pools: Sendable {
        struct Pool {
            var used = 0
            /// Who gathers places, and how many it has.
            var gathering: (by: ObjectIdentifier, count: Int)?
        }

        let pools = Mutex<[String: Pool]>([:])
    }

    private let shared: Pools

    package init() { shared = Pools() }

    private init(_ shared: Pools) { self.shared = shared }

    /// As another process sees them.
    package func sharing() -> MemoryPlaces { MemoryPlaces(shared) }

    package func take(_ count: Int, of pool: String, size: Int) -> PoolHold? {
        let isTaken = shared.pools.withLock { pools in
            var state = pools[pool] ?? Pools.Pool()
            defer { pools[pool] = state }
            if let gathering = state.gathering, gathering.by != ObjectIdentifier(self) { return false }
            let aside = state.gathering?.count ?? 0
            let found = max(aside, min(count, size - state.used + aside))
            state.used += found - aside
            state.gathering = found < count ? (ObjectIdentifier(self), found) : nil
            if found > count { state.used -= found - count }
            return found >= count
        }
        guard isTaken else { return nil }
        let shared = shared
        return PoolHold { shared.pools.withLock { $0[pool]?.used -= count } }
    }

    package func leave() {
        shared.pools.withLock { pools in
            for (name, pool) in pools {
                guard let gathering = pool.gathering, gathering.by == ObjectIdentifier(self) else { continue }
                pools[name]?.used -= gathering.count
                pools[name]?.gathering = nil
            }
        }
    }
}
