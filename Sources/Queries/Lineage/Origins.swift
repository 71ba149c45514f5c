/// Sources with the ways in which they take part.
struct Origins: Equatable {
    struct Kinds: OptionSet {
        var rawValue: UInt16

        static let identity = Kinds(rawValue: 1 << 0)
        static let transformation = Kinds(rawValue: 1 << 1)
        static let aggregation = Kinds(rawValue: 1 << 2)
        static let window = Kinds(ColumnLineage.Kind.window)
        static let conditional = Kinds(ColumnLineage.Kind.conditional)
        static let direct: Kinds = [identity, transformation, aggregation]

        init(rawValue: UInt16) { self.rawValue = rawValue }

        init(_ kind: ColumnLineage.Kind) {
            rawValue = 1 << UInt16(ColumnLineage.Kind.allCases.firstIndex(of: kind) ?? 0)
        }

        var all: [ColumnLineage.Kind] {
            ColumnLineage.Kind.allCases.enumerated().filter { rawValue & (1 << UInt16($0.offset)) != 0 }.map(\.element)
        }
    }

    private var kinds: [ColumnLineage.Source: Kinds] = [:]

    static let none = Origins()

    private init() {}

    init(_ source: ColumnLineage.Source) { kinds[source] = .identity }

    init(joining parts: some Sequence<Origins>) {
        for part in parts { formUnion(part) }
    }

    var all: [ColumnLineage.Origin] {
        kinds.sorted { $0.key < $1.key }.map { ColumnLineage.Origin(source: $0.key, kinds: $0.value.all) }
    }

    mutating func formUnion(_ other: Origins) {
        kinds.merge(other.kinds) { $0.union($1) }
    }

    static func + (left: Origins, right: Origins) -> Origins {
        var result = left
        result.formUnion(right)
        return result
    }

    /// Something is computed from them.
    var transformed: Origins {
        mapped { $0.contains(.identity) ? $0.subtracting(.identity).union(.transformation) : $0 }
    }

    var aggregated: Origins {
        mapped { $0.isDisjoint(with: .direct) ? $0 : $0.subtracting(.direct).union(.aggregation) }
    }

    /// Their values decide over something, and are no longer in it. What decided which rows they come from still does.
    func deciding(_ kind: ColumnLineage.Kind) -> Origins {
        mapped { found in
            let values = Kinds.direct.union([.window, .conditional])
            return found.isDisjoint(with: values)
                ? found : found.subtracting(Kinds.direct.union(.conditional)).union(Kinds(kind))
        }
    }

    /// It cannot be told which columns they are.
    var blurred: Origins {
        var result = Origins()
        for (source, found) in kinds {
            result.kinds[.init(dataset: source.dataset, column: nil), default: []].formUnion(found)
        }
        return result.transformed
    }

    private func mapped(_ change: (Kinds) -> Kinds) -> Origins {
        var result = self
        result.kinds = kinds.mapValues(change)
        return result
    }
}
