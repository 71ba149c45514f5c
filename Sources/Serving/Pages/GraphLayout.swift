import Project

/// Where the nodes of a graph stand: in layers from left to right, each node right of all that it is made from.
///
/// The layers are those of the longest way; within a layer nodes are ordered by the mean place of their neighbours, in
/// sweeps from left to right and back (K. Sugiyama, S. Tagawa, M. Toda, "Methods for Visual Understanding of
/// Hierarchical System Structures", 1981). Ways that skip a layer get no place in it.
struct GraphLayout: Sendable {
    struct Node: Sendable {
        var name: DatasetName
        var layer: Int
        /// From the top of its layer.
        var row: Double
    }

    private(set) var nodes: [Node] = []
    private(set) var edges: [(from: Int, to: Int)] = []
    private(set) var layers = 0
    /// Of the fullest layer.
    private(set) var rows = 0

    private static let sweeps = 6

    init(_ graph: [(name: DatasetName, inputs: [DatasetName])]) {
        let places = Dictionary(
            graph.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (to, node) in graph.enumerated() {
            for input in node.inputs {
                if let from = places[input], from != to { edges.append((from, to)) }
            }
        }
        let layer = Self.layers(graph.count, edges)
        layers = (layer.max() ?? -1) + 1
        var members: [[Int]] = Array(repeating: [], count: layers)
        for node in graph.indices { members[layer[node]].append(node) }
        order(&members, layer)
        rows = members.map(\.count).max() ?? 0
        nodes = graph.map { Node(name: $0.name, layer: 0, row: 0) }
        for (number, layer) in members.enumerated() {
            // A small layer stands in the middle of the picture; in a very high one nobody would find it there.
            let offset = rows <= 40 ? Double(rows - layer.count) / 2 : 0
            for (row, node) in layer.enumerated() {
                nodes[node].layer = number
                nodes[node].row = Double(row) + offset
            }
        }
    }

    private static func layers(_ count: Int, _ edges: [(from: Int, to: Int)]) -> [Int] {
        var layer = Array(repeating: 0, count: count)
        var missing = Array(repeating: 0, count: count)
        var next: [[Int]] = Array(repeating: [], count: count)
        for edge in edges {
            next[edge.from].append(edge.to)
            missing[edge.to] += 1
        }
        var ready = (0..<count).filter { missing[$0] == 0 }
        while let node = ready.popLast() {
            for other in next[node] {
                layer[other] = max(layer[other], layer[node] + 1)
                missing[other] -= 1
                if missing[other] == 0 { ready.append(other) }
            }
        }
        return layer
    }

    private func order(_ members: inout [[Int]], _ layer: [Int]) {
        var before: [[Int]] = Array(repeating: [], count: layer.count)
        var after = before
        for edge in edges {
            before[edge.to].append(edge.from)
            after[edge.from].append(edge.to)
        }
        var place = Array(repeating: 0.0, count: layer.count)
        func settle(_ nodes: [Int]) {
            for (row, node) in nodes.enumerated() { place[node] = (Double(row) + 0.5) / Double(nodes.count) }
        }
        for nodes in members { settle(nodes) }
        for sweep in 0..<Self.sweeps {
            let isForward = sweep.isMultiple(of: 2)
            for number in isForward ? Array(members.indices) : members.indices.reversed() {
                let neighbours = isForward ? before : after
                let sorted = members[number].enumerated().map { offset, node in
                    let near = neighbours[node]
                    let mean = near.isEmpty ? place[node] : near.reduce(0) { $0 + place[$1] } / Double(near.count)
                    return (mean, offset, node)
                }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
                members[number] = sorted.map(\.2)
                settle(members[number])
            }
        }
    }
}
