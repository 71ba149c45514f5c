package import Project

extension RetryPolicy {
    /// The milliseconds between a failed attempt and the next one.
    /// - Parameters:
    ///   - attempt: the number of the attempt that failed, from 1.
    ///   - chance: 0…1; takes off up to the share `jitter` of the delay.
    package func delay(after attempt: Int, chance: Double) -> Int {
        var whole = Double(max(0, delay))
        for _ in 1..<max(1, min(attempt, 64)) { whole *= max(1, factor) }
        whole = min(whole, Double(max(0, longestDelay)))
        return Int(whole * (1 - min(max(jitter, 0), 1) * chance))
    }
}

/// Numbers that are as good as chance, but come out the same for the same words.
enum Chance {
    /// 0..<1.
    static func of(_ words: String...) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for word in words {
            for byte in word.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
            hash = (hash ^ 0xff) &* 0x0000_0100_0000_01b3
        }
        // The last bytes of what is hashed hardly reach the upper bits, which are taken.
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return Double((hash ^ (hash >> 33)) >> 11) / Double(1 << 53)
    }
}
