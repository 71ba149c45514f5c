import Yams

/// What is wrong with the form of a YAML text, in words for a person who does not know how parsers think.
struct YAMLFault {
    /// Where the user should look; nil when Yams tells no place.
    let mark: Mark?
    private let problem: String
    private let context: String
    /// Where the piece starts that the fault is in.
    private let contextMark: Mark?
    /// Characters before an unreadable byte.
    private let characters: Int?
    private let firstLine: Int

    /// `firstLine` is the line of the file (from 1) at which the YAML text starts.
    init(_ error: YamlError, firstLine: Int) {
        self.firstLine = firstLine
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self.problem = problem
            self.context = context?.text ?? ""
            contextMark = context?.mark
            // For these the parser notices too late: what is wrong is where the piece began.
            let isLate =
                problem == "could not find expected ':'" || problem == "found unexpected end of stream"
                || problem == "found unexpected document indicator"
            self.mark = isLate ? (context?.mark ?? mark) : mark
            characters = nil
        case .reader(let problem, let offset, _, _):
            self.problem = problem
            context = ""
            contextMark = nil
            mark = nil
            characters = offset
        default:
            problem = "\(error)"
            context = ""
            contextMark = nil
            mark = nil
            characters = nil
        }
    }

    func byteOffset(in file: SourceFile) -> Int? {
        characters.map { file.text.prefix($0).utf8.count }
    }

    func message(in file: SourceFile, at offset: Int) -> String {
        switch problem {
        case "found character that cannot start any token":
            let character = self.character(in: file, at: offset)
            return character == "\t"
                ? "a tab stands where YAML wants spaces" : "a text cannot start with '\(character)' unless it is quoted"
        case let problem where problem.hasPrefix("found a tab character"):
            return "a tab stands where YAML wants spaces"
        case "mapping values are not allowed in this context":
            return "a ':' stands where none can be"
        case "could not find expected ':'":
            return "this line is neither a key with a ':' nor a part of the value above"
        case "did not find expected key":
            return "this line does not belong to the mapping above: its indentation differs"
        case "did not find expected '-' indicator":
            return "this line does not belong to the list above: there is no '-', or its indentation differs"
        case "did not find expected ',' or ']'":
            return "a list in '[ ]'\(start) is not closed: there is no ',' or ']' here"
        case "did not find expected ',' or '}'":
            return "a mapping in '{ }'\(start) is not closed: there is no ',' or '}' here"
        case "did not find expected node content":
            return Self.isEnd(of: file, offset)
                ? "the file ends before a '[' or '{' is closed" : "a value is missing here"
        case "found unexpected end of stream" where context.contains("quoted scalar"),
            "found unexpected document indicator" where context.contains("quoted scalar"):
            return "this quotation mark is never closed"
        case "found unknown escape character":
            return "'\\' is followed by a character that means nothing in a text in double quotation marks"
        case "found undefined alias":
            return "no '&' gives this name to a value"
        case "did not find expected alphabetic or numeric character" where context.contains("alias"):
            return "a text cannot start with '*' unless it is quoted"
        case "but found another document", "did not find expected <document start>":
            return "a second YAML document starts here, but a file holds one"
        case "block sequence entries are not allowed in this context":
            return "a list cannot start here: put its '-' on a line of its own"
        case "block mapping keys are not allowed in this context", "mapping keys are not allowed in this context":
            return "a mapping cannot start here"
        case "control characters are not allowed":
            return "this character cannot be seen and is not allowed in YAML"
        default:
            return "this is no YAML: \(context.isEmpty ? "" : context + ", ")\(problem)"
        }
    }

    func hint(in file: SourceFile, at offset: Int) -> String? {
        switch problem {
        case "found character that cannot start any token":
            let character = self.character(in: file, at: offset)
            return character == "\t" ? "indent with spaces" : "write it in quotation marks"
        case let problem where problem.hasPrefix("found a tab character"):
            return "indent with spaces"
        case "mapping values are not allowed in this context":
            return "quote a text that holds ': '; else see whether the line above has its ':' and the same indentation"
        case "could not find expected ':'":
            return "write 'name: value'"
        case "did not find expected key", "did not find expected '-' indicator":
            return "give it the same number of leading spaces as the lines beside it"
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            return file.line(file.position(at: offset).line).contains("${")
                ? "inside { } and [ ] a text that holds '${…}' must be quoted" : nil
        case "found undefined alias":
            return "put a text that starts with '*' in quotation marks"
        case "did not find expected alphabetic or numeric character" where context.contains("alias"):
            return "write it in quotation marks"
        case "found unknown escape character":
            return "write '\\\\', or put the text in single quotation marks"
        default:
            return nil
        }
    }

    private static func isEnd(of file: SourceFile, _ offset: Int) -> Bool {
        file.utf8[min(offset, file.byteCount)...].allSatisfy { $0 <= UInt8(ascii: " ") }
    }

    private var start: String { contextMark.map { " that starts on line \($0.line + firstLine - 1)" } ?? "" }

    private func character(in file: SourceFile, at offset: Int) -> Character {
        String(decoding: file.utf8[min(offset, file.byteCount)...].prefix(4), as: UTF8.self).first ?? " "
    }
}
