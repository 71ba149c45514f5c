import HTTPTypes
import Millrace
import Project
import Recording
import Scheduling
import Timetable

/// The fields of a request's JSON body, each taken once; what is left over is a mistake.
struct BodyFields {
    private var fields: [String: JSON] = [:]

    /// - Throws: `Trouble` when the body is no JSON object.
    init(_ body: [UInt8]) throws {
        guard !body.isEmpty else { return }
        guard let json = JSON(reading: body), let pairs = json.asFields else {
            throw Trouble(.badRequest, "the body is no JSON object")
        }
        for (name, value) in pairs { fields[name] = value }
    }

    private mutating func take<Value>(_ name: String, _ what: String, _ read: (JSON) -> Value?) throws -> Value? {
        guard let json = fields.removeValue(forKey: name), !json.isNull else { return nil }
        guard let value = read(json) else { throw Trouble.invalid("'\(name)' must be \(what)") }
        return value
    }

    mutating func text(_ name: String, longest: Int = 1000) throws -> String? {
        try take(name, "a text of at most \(longest) characters") { json in
            json.asString.flatMap { $0.count <= longest && Self.isPlain($0) ? $0 : nil }
        }
    }

    mutating func bool(_ name: String) throws -> Bool? { try take(name, "true or false", \.asBool) }

    mutating func int(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
        try take(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") { json in
            json.asInt.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func texts(_ name: String, most: Int = 1000) throws -> [String]? {
        try take(name, "a list of at most \(most) texts") { json in
            guard let values = json.asArray, values.count <= most else { return nil }
            let texts = values.compactMap(\.asString).filter { $0.count <= 200 && Self.isPlain($0) }
            return texts.count == values.count ? texts : nil
        }
    }

    /// - Throws: `Trouble` when there were fields that nobody asked for.
    func finish() throws {
        guard let name = fields.keys.sorted().first else { return }
        throw Trouble.invalid("there is no field '\(name.prefix(100))' here")
    }

    static func isPlain(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }
}

/// What a visitor wants, from a form or a body: checked as far as its form goes.
enum Orders {
    static let priorities = -1000...1000

    /// Words of the selection language, and nothing that a command line could take for an option.
    static func selection(_ text: String) throws -> String {
        let words = text.split(separator: " ")
        guard text.count <= 1000, BodyFields.isPlain(text), words.allSatisfy({ $0.first != "-" }) else {
            throw Trouble.invalid("the selection makes no sense")
        }
        return words.joined(separator: " ")
    }

    static func partition(_ text: String) throws -> PartitionKey {
        guard (1...128).contains(text.utf8.count), BodyFields.isPlain(text), text.first != "-" else {
            throw Trouble.invalid("'\(text.prefix(128))' is no partition")
        }
        return PartitionKey(text)
    }

    static func backfill(
        dataset: String?, from: String?, to: String?, which: String?, concurrency: Int?, perRun: Int?, priority: Int?,
        _ site: Site
    ) throws -> BackfillOrder {
        guard let dataset, DatasetName.isValid(dataset) else { throw Trouble.invalid("a backfill needs a dataset") }
        guard let from, let to else { throw Trouble.invalid("a backfill needs its first and its last partition") }
        guard let known = try? site.sight.dataset(dataset) else {
            throw Trouble.invalid("there is no dataset of this name")
        }
        guard let which = BackfillOrder.Which(rawValue: which ?? "missing") else {
            throw Trouble.invalid("'which' is all, missing or failed")
        }
        return BackfillOrder(
            dataset: known.name, from: try partition(from), to: try partition(to), which: which,
            concurrency: concurrency ?? 1, partitionsPerRun: perRun ?? 10, priority: priority ?? -10)
    }
}
