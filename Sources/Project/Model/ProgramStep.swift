/// A step that a program does: a Python function, or any program that reads and writes Arrow streams.
package struct ProgramStep: Sendable {
    package enum Program: Sendable {
        /// The file's absolute path and its text, the function's name, and where both are written.
        case python(path: String, source: SourceFile, function: String, span: SourceSpan)
        case command([Located<String>])
    }

    /// What happens with rows at which the program fails.
    package enum OnFail: String, Sendable, CaseIterable {
        case quarantine, fail
    }

    package var program: Program
    /// The datasets that it reads: the first one batch by batch, the others whole.
    package var inputs: [Located<DatasetName>]
    package var workers: Int
    package var batchRows: Int
    package var isOrdered: Bool
    /// How often a batch at which it fails is tried again.
    package var retries: Int
    /// For one batch, in milliseconds.
    package var timeout: Int
    /// For a worker to get ready, in milliseconds.
    package var setupTimeout: Int
    /// Of each worker, in bytes.
    package var memory: Int?
    package var onFail: OnFail
    /// How many rows may be quarantined because the program fails at them.
    package var mostFailing: Int
    /// All files that decide what it does, by their shown paths, with their contents.
    package var files: [SourceFile]
    package var span: SourceSpan

    package static let usualBatchRows = 65_536
    package static let usualMostFailing = 100
    package static let usualTimeout = 600_000

    package init(
        program: Program, inputs: [Located<DatasetName>], workers: Int = 1, batchRows: Int = usualBatchRows,
        isOrdered: Bool = true, retries: Int = 0, timeout: Int = usualTimeout,
        setupTimeout: Int = usualTimeout, memory: Int? = nil,
        onFail: OnFail = .quarantine, mostFailing: Int = usualMostFailing, files: [SourceFile] = [], span: SourceSpan
    ) {
        self.program = program
        self.inputs = inputs
        self.workers = workers
        self.batchRows = batchRows
        self.isOrdered = isOrdered
        self.retries = retries
        self.timeout = timeout
        self.setupTimeout = setupTimeout
        self.memory = memory
        self.onFail = onFail
        self.mostFailing = mostFailing
        self.files = files
        self.span = span
    }

    /// Where the program is named.
    package var programSpan: SourceSpan {
        switch program {
        case .python(_, _, _, let span): span
        case .command(let words): words.first?.span ?? span
        }
    }

    /// What is run, in words.
    package var name: String {
        switch program {
        case .python(_, let source, let function, _): "\(source.path):\(function)"
        case .command(let words): words.first?.value ?? ""
        }
    }

    /// Adds everything that decides what it makes: not how many workers there are, nor how patient anyone is.
    func definition(into builder: inout Fingerprint.Builder) {
        switch program {
        case .python(_, let source, let function, _):
            builder.add("python")
            builder.add(source.path)
            builder.add(function)
        case .command(let words):
            builder.add("command \(words.count)")
            for word in words { builder.add(word.value) }
        }
        builder.add("inputs \(inputs.count)")
        for input in inputs { builder.add(input.value.folded) }
        builder.add(String(batchRows))
        builder.add(isOrdered ? "ordered" : "any order")
        builder.add(onFail.rawValue)
        builder.add("files \(files.count)")
        for file in files {
            builder.add(file.path)
            builder.add(file.text)
        }
    }
}
