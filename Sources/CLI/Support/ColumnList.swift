import ArgumentParser

/// Columns on the command line, with commas between: `date,origin`. A name with a comma in it stands in double quotes.
struct ColumnList: ExpressibleByArgument, Equatable {
    var names: [String]

    init?(argument: String) {
        var names: [String] = []
        var name = ""
        var isQuoted = false
        for character in argument {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                names.append(name)
                name = ""
            default: name.append(character)
            }
        }
        names.append(name)
        self.names = names.map(Self.trimmed)
        guard !isQuoted, !self.names.contains("") else { return nil }
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
