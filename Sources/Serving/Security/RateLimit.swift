import Synchronization

/// How often each address may ask: a bucket of tokens for each that fills up again with time.
final class RateLimit: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Int
    }

    private let buckets = Mutex<[String: Bucket]>([:])
    private let perSecond: Double
    private let atOnce: Double

    private static let mostAddresses = 4096

    init(perSecond: Double, atOnce: Double) {
        self.perSecond = perSecond
        self.atOnce = atOnce
    }

    /// Takes one token of an address.
    /// - Returns: nil, or after how many seconds there will be one.
    func take(_ address: String, at now: Int) -> Int? {
        buckets.withLock { buckets in
            // A bucket that is full again is as good as none.
            if buckets.count >= Self.mostAddresses {
                buckets = buckets.filter { filled($0.value, at: now) < atOnce }
                if buckets.count >= Self.mostAddresses { buckets.removeAll() }
            }
            var tokens = buckets[address].map { filled($0, at: now) } ?? atOnce
            guard tokens >= 1 else {
                buckets[address] = Bucket(tokens: tokens, at: now)
                return max(1, Int(((1 - tokens) / perSecond).rounded(.up)))
            }
            tokens -= 1
            buckets[address] = Bucket(tokens: tokens, at: now)
            return nil
        }
    }

    /// After how many seconds there will be a token; nil when there is one, which is not taken.
    func isEmpty(_ address: String, at now: Int) -> Int? {
        buckets.withLock { buckets in
            guard let tokens = buckets[address].map({ filled($0, at: now) }), tokens < 1 else { return nil }
            return max(1, Int(((1 - tokens) / perSecond).rounded(.up)))
        }
    }

    private func filled(_ bucket: Bucket, at now: Int) -> Double {
        min(atOnce, bucket.tokens + Double(max(0, now - bucket.at)) / 1000 * perSecond)
    }
}
