/// Decides which runs are traced: `OTEL_TRACES_SAMPLER`.
struct Sampler: Sendable, Equatable {
    /// The share of traces that begin here which are told, 0…1.
    var share: Double
    /// Whether a run that belongs to a trace of its caller does as that says.
    var followsParent: Bool

    static let everything = Sampler(share: 1, followsParent: true)

    /// Nil for a name that is none, or none that is known here.
    init?(_ name: String, argument: String?) {
        followsParent = name.hasPrefix("parentbased_")
        switch followsParent ? String(name.dropFirst("parentbased_".count)) : name {
        case "always_on": share = 1
        case "always_off": share = 0
        case "traceidratio":
            share = argument.flatMap { Double($0) }.flatMap { (0...1).contains($0) ? $0 : nil } ?? 1
        default: return nil
        }
    }

    private init(share: Double, followsParent: Bool) {
        self.share = share
        self.followsParent = followsParent
    }

    func takes(_ trace: [UInt8], parent: TraceContext?) -> Bool {
        if followsParent, let parent { return parent.isSampled }
        guard share < 1 else { return true }
        // The last 63 bits of the trace's identity are as good as chance, and the same for all who decide about it.
        let number = trace.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 1
        return Double(number) < share * 0x1p63
    }
}
