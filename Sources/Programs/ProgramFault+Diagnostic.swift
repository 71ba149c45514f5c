package import Project

extension ProgramFault {
    /// What it means to the user: at the line of the function where there is one, otherwise where the program is named.
    package func diagnostic(of step: ProgramStep, in dataset: DatasetName) -> Diagnostic {
        var span = step.programSpan
        var notes: [String] = []
        if case .python(_, let source, _, _) = step.program, let line, let found = source.span(ofLine: line) {
            notes.append("'\(dataset)' runs it: \(span.file.path):\(span.line):\(span.column)")
            span = found
        }
        let lines = details.split(whereSeparator: \.isNewline)
        if !lines.isEmpty { notes.append(lines.joined(separator: "\n")) }
        return .error("\(step.name): \(message)", at: span, notes: notes, hint: hint)
    }
}
