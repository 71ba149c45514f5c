/// A row of the table of functions: a function of DuckDB's for some types of arguments, and what it is in Spark.
///
/// Signatures are written `name(types) result`. A type is DuckDB's name of it, or
/// - `any`; `num`, any number; `int`, any integer; `moment`, a DATE, TIMESTAMP or TIMESTAMPTZ; all kept as they are
/// - `same`: all such arguments are brought to one type
/// - `list`, `map`, `struct`; `elem`, brought to the type of the elements of the list before it; `fn`, a lambda
/// - `const`, a constant text
/// and a last one with `...` may come any number of times. A result is a type, `same`, `$2` for that of the second
/// argument, `$1.elem` for that of its elements, or `list($2)`.
struct SparkFunction: Sendable {
    enum Form: Sendable {
        /// `$1` is the first argument, `$*` are all of them, `§` is where FILTER and OVER go.
        case template(String)
        case made(@Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece)
        case none(reason: String, hint: String?)
    }

    let signature: String
    let name: String
    private let parameters: [String]
    private let isVariadic: Bool
    private let result: String
    private let form: Form
    let isAggregate: Bool
    var isFold = false

    init(_ signature: String, _ form: Form, isAggregate: Bool = false, isFold: Bool = false) {
        self.signature = signature
        self.form = form
        self.isAggregate = isAggregate
        self.isFold = isFold
        let opening = signature.firstIndex(of: "(") ?? signature.endIndex
        let closing = Self.closing(signature, opening)
        name = String(signature[..<opening])
        let inside = opening < closing ? signature[signature.index(after: opening)..<closing] : ""
        var parts = inside.split(separator: ",").map { part in
            String(part.drop { $0 == " " })
        }
        isVariadic = parts.last?.hasSuffix("...") ?? false
        if isVariadic { parts[parts.count - 1].removeLast(3) }
        parameters = parts
        result =
            closing < signature.endIndex ? String(signature[signature.index(after: closing)...].drop { $0 == " " }) : ""
    }

    private static func closing(_ text: String, _ opening: String.Index) -> String.Index {
        text[opening...].firstIndex(of: ")") ?? text.endIndex
    }

    var refusal: (reason: String, hint: String?)? {
        if case .none(let reason, let hint) = form { (reason, hint) } else { nil }
    }

    // MARK: Arguments

    /// How far the arguments are from what the function takes; nil if it does not take them.
    func cost(of pieces: [SparkPiece]) -> Int? {
        if refusal != nil, parameters.isEmpty { return 1_000 }
        guard pieces.count == parameters.count || isVariadic && pieces.count >= parameters.count - 1 else { return nil }
        var cost = isVariadic ? 1 : 0
        for (place, piece) in pieces.enumerated() {
            let parameter = parameters[min(place, parameters.count - 1)]
            guard let one = Self.cost(piece, parameter, place > 0 ? pieces[0] : piece) else { return nil }
            cost += one
        }
        return cost
    }

    private static func cost(_ piece: SparkPiece, _ parameter: String, _ first: SparkPiece) -> Int? {
        let type = piece.type
        switch parameter {
        case "any", "fn": return 20
        case "same": return 15
        case "num": return type.isNumber ? 2 : type == .null ? 3 : nil
        case "int": return type.isInteger ? 1 : type == .null ? 3 : nil
        case "moment": return [.date, .timestamp, .timestamptz].contains(type) ? 1 : nil
        case "list": return type.element != nil ? 0 : type == .null ? 9 : nil
        case "map": if case .map = type { return 0 } else { return nil }
        case "struct": if case .structure = type { return 0 } else { return nil }
        case "elem":
            return first.type.element.flatMap { DuckType.common($0, type) ?? (piece.constantText != nil ? $0 : nil) }
                != nil ? 1 : nil
        case "const": return piece.constantText != nil ? 0 : nil
        case "dec": return type.isDecimal ? 0 : nil
        default: break
        }
        guard let wanted = DuckType(parameter) ?? DuckType.word(parameter) else { return nil }
        return conversion(piece, wanted)
    }

    /// DuckDB converts by itself what loses nothing, integers to floating numbers, and constant texts.
    private static func conversion(_ piece: SparkPiece, _ wanted: DuckType) -> Int? {
        let type = piece.type
        if type == wanted || wanted == .varchar && type.isText { return 0 }
        if type == .null { return 3 }
        if piece.constantText != nil { return wanted == .varchar ? 0 : 30 }
        if let number = piece.constantInteger, let range = wanted.integerRange {
            return range.contains(number) ? 1 : nil
        }
        switch (type, wanted) {
        case (.date, .timestamp): return 1
        case (.date, .timestamptz), (.timestamp, .timestamptz): return 2
        default: break
        }
        guard type.isNumber, wanted.isNumber else { return nil }
        if let one = type.integerDigits, let other = wanted.integerDigits {
            guard let common = DuckType.common(type, wanted), common == wanted else { return nil }
            return max(1, other - one)
        }
        if wanted == .double { return type == .float ? 2 : type.isDecimal ? 24 : 25 }
        if wanted == .float { return type == .double ? nil : 26 }
        return nil
    }

    /// The arguments as the function takes them.
    func bind(_ pieces: [SparkPiece], _ writing: SparkWriting) -> [SparkPiece] {
        func parameter(_ place: Int) -> String {
            parameters.isEmpty ? "any" : parameters[min(place, parameters.count - 1)]
        }
        let alike = pieces.indices.filter { parameter($0) == "same" }.map { pieces[$0] }
        let common = alike.isEmpty ? DuckType.null : writing.common(alike, name)
        var bound: [SparkPiece] = []
        for (place, piece) in pieces.enumerated() {
            // A mark of DISTINCT stays in front of what is done with the value.
            let isMarked = piece.text.hasPrefix("\u{1}")
            var piece = piece
            if isMarked { piece.text.removeFirst() }
            var result: SparkPiece
            switch parameter(place) {
            case "any", "num", "int", "moment", "list", "map", "struct", "fn", "const", "dec": result = piece
            case "same": result = writing.coerced(piece, to: common)
            case "elem":
                let element = pieces[0].type.element ?? .unknown
                let wider = writing.common([SparkPiece("", element), piece], name)
                if wider != element {
                    bound[0] = writing.coerced(bound[0], to: .list(wider))
                    result = writing.coerced(piece, to: wider)
                } else {
                    result = writing.coerced(piece, to: element)
                }
            case let word:
                result = writing.coerced(piece, to: DuckType(word) ?? .unknown)
                if result.constant == nil { result.constant = piece.constant }
            }
            if isMarked { result.text = "\u{1}" + result.text }
            bound.append(result)
        }
        return bound
    }

    // MARK: Result

    func render(_ pieces: [SparkPiece], _ suffix: String, _ writing: SparkWriting) -> SparkPiece {
        switch form {
        case .made(let make):
            var piece = make(pieces, suffix, writing)
            if piece.type == .null { piece.type = type(of: pieces) }
            return piece
        case .none: return .missing
        case .template(let template): return SparkPiece(Self.fill(template, pieces, suffix), type(of: pieces))
        }
    }

    static func fill(_ template: String, _ pieces: [SparkPiece], _ suffix: String) -> String {
        var text = ""
        var isArgument = false
        for character in template {
            if isArgument {
                isArgument = false
                if character == "*" {
                    text += pieces.map(\.text).joined(separator: ", ")
                } else if let number = character.wholeNumberValue, pieces.indices.contains(number - 1) {
                    text += pieces[number - 1].text
                }
            } else if character == "$" {
                isArgument = true
            } else if character == "§" {
                text += suffix
            } else {
                text.append(character)
            }
        }
        return text
    }

    private func type(of pieces: [SparkPiece]) -> DuckType {
        type(result, pieces)
    }

    private func type(_ word: String, _ pieces: [SparkPiece]) -> DuckType {
        if word == "same" {
            let place = parameters.firstIndex(of: "same") ?? 0
            return pieces.indices.contains(place) ? pieces[place].type : .unknown
        }
        if word.hasPrefix("list("), word.hasSuffix(")") {
            return .list(type(String(word.dropFirst(5).dropLast()), pieces))
        }
        guard word.hasPrefix("$") else { return DuckType(word) ?? .unknown }
        let parts = word.dropFirst().split(separator: ".")
        guard let number = parts.first.flatMap({ Int($0) }), pieces.indices.contains(number - 1) else {
            return .unknown
        }
        let whole = pieces[number - 1].type
        switch (parts.dropFirst().first, whole) {
        case ("elem", .list(let element)): return element
        case ("key", .map(let key, _)): return key
        case ("value", .map(_, let value)): return value
        case (nil, _): return whole
        default: return .unknown
        }
    }
}

/// The table.
enum SparkFunctions {
    static func f(_ signature: String, _ template: String) -> SparkFunction {
        SparkFunction(signature, .template(template))
    }
    static func f(
        _ signature: String, _ make: @escaping @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece
    ) -> SparkFunction { SparkFunction(signature, .made(make)) }
    static func agg(_ signature: String, _ template: String) -> SparkFunction {
        SparkFunction(signature, .template(template), isAggregate: true)
    }
    static func agg(
        _ signature: String, _ make: @escaping @Sendable ([SparkPiece], String, SparkWriting) -> SparkPiece
    ) -> SparkFunction { SparkFunction(signature, .made(make), isAggregate: true) }
    static func no(_ names: String..., because reason: String, hint: String? = nil, isAggregate: Bool = false)
        -> [SparkFunction]
    {
        names.map { SparkFunction("\($0)()", .none(reason: reason, hint: hint), isAggregate: isAggregate) }
    }

    private static let byName: [String: [SparkFunction]] = Dictionary(grouping: all, by: \.name)
    static let all: [SparkFunction] =
        texts + patterns + numbers + moments + lists + maps + aggregates + others
    static let names: [String] = byName.keys.sorted()

    /// Names that mean the same as another.
    static func rows(_ name: String) -> [SparkFunction] { byName[name] ?? synonyms[name].flatMap { byName[$0] } ?? [] }
    static func isAggregate(_ name: String) -> Bool {
        rows(name.lowercased()).first?.isAggregate ?? (name == "count_star")
    }
}
