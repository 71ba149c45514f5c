import Millrace
import Project

/// A graph of datasets as SVG: each node a link to its dataset.
struct GraphPicture {
    private let layout: GraphLayout
    private let marks: [DatasetName: StateMark]
    /// The one that the picture is about.
    private let centre: DatasetName?

    private static let width = 184
    private static let height = 44
    private static let across = 64
    private static let between = 14
    private static let margin = 8

    init(_ layout: GraphLayout, marks: [DatasetName: StateMark], centre: DatasetName? = nil) {
        self.layout = layout
        self.marks = marks
        self.centre = centre
    }

    private func x(_ node: GraphLayout.Node) -> Int { Self.margin + node.layer * (Self.width + Self.across) }
    private func y(_ node: GraphLayout.Node) -> Int {
        Self.margin + Int((node.row * Double(Self.height + Self.between)).rounded())
    }

    func html(_ label: String) -> HTML {
        let width = 2 * Self.margin + max(1, layout.layers) * (Self.width + Self.across) - Self.across
        let height = 2 * Self.margin + max(1, layout.rows) * (Self.height + Self.between) - Self.between
        let edges = layout.edges.html { edge in
            let (from, to) = (layout.nodes[edge.from], layout.nodes[edge.to])
            let (x1, y1) = (x(from) + Self.width, y(from) + Self.height / 2)
            let (x2, y2) = (x(to), y(to) + Self.height / 2)
            let bend = max(32, (x2 - x1) / 2)
            return "<path d=\"M\(x1) \(y1)C\(x1 + bend) \(y1) \(x2 - bend) \(y2) \(x2) \(y2)\"/>"
        }
        return """
            <div class="graph" tabindex="0" role="region" aria-label="\(label)">
            <svg width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">
            <g class="edges" aria-hidden="true">\(edges)</g>\(layout.nodes.html(node))</svg></div>
            """
    }

    private func node(_ node: GraphLayout.Node) -> HTML {
        let mark = marks[node.name] ?? .unknown
        let (x, y) = (x(node), y(node))
        let name = node.name.text
        let short = name.count > 21 ? String(name.prefix(20)) + "…" : name
        let place: HTML = node.name == centre ? " aria-current=\"true\"" : ""
        return """
            <a class="node \(mark.style)" href="/datasets/\(url: name)"\(place)><title>\(name): \(mark.words)</title>\
            <rect x="\(x)" y="\(y)" width="\(Self.width)" height="\(Self.height)" rx="9"/>\
            <circle cx="\(x + 16)" cy="\(y + 16)" r="5"/>\
            <text class="name" x="\(x + 29)" y="\(y + 20)">\(short)</text>\
            <text class="facts" x="\(x + 29)" y="\(y + 35)">\(mark.words)</text></a>
            """
    }
}

/// How a dataset stands, in a word and a colour.
struct StateMark: Sendable {
    /// A class of the style sheet.
    var style: String
    var word: String
    /// With how old it is.
    var words: String

    static let unknown = StateMark(style: "unknown", word: "unknown", words: "unknown")
}
