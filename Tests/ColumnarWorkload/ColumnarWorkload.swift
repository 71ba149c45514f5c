import Columnar
import ColumnarSamples
import Foundation

/// What is better done in a process of its own.
///
///     ColumnarWorkload fuzz INPUTS                   reads mutated streams; prints what became of them
///     ColumnarWorkload python LIBRARY FOLDERS CASES  pyarrow in this process, through the C interfaces
///     ColumnarWorkload text FROM TO                  the values of a stream or file, as the judges write them
///     ColumnarWorkload measure FOLDER SECONDS        how fast the folder's streams are read and written
@main
struct ColumnarWorkload {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("ColumnarWorkload: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        switch (arguments.first, arguments.count) {
        case ("fuzz", 2):
            guard let inputs = Int(arguments[1]) else { throw Trouble("\(arguments[1]) is no number") }
            try fuzz(inputs)
        case ("python", 4):
            guard let cases = UInt64(arguments[3]) else { throw Trouble("\(arguments[3]) is no number") }
            let python = try Python(library: arguments[1], folders: arguments[2].split(separator: ":").map(String.init))
            try CInterfaceExchange(python: python).run(cases: cases)
        case ("measure", 3):
            guard let seconds = Double(arguments[2]) else { throw Trouble("\(arguments[2]) is no number") }
            try Measuring(folder: arguments[1], seconds: seconds).run()
        case ("text", 3):
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
            let isFile = bytes.starts(with: Array("ARROW1".utf8))
            let text = try Canonical.text(isFile ? Streams.readFile(bytes).batches : Streams.readStream(bytes).batches)
            try Data(text.utf8).write(to: URL(filePath: arguments[2]))
        default:
            throw Trouble(
                "usage: ColumnarWorkload fuzz INPUTS | text FILE FILE | python LIBRARY FOLDERS CASES | measure FOLDER SECONDS"
            )
        }
    }

    private static func fuzz(_ inputs: Int) throws {
        let fuzzing = try Fuzzing(samples: 300)
        let before = peakMemory
        let outcome = fuzzing.run(0..<inputs)
        for stranger in outcome.strangers { print(stranger) }
        guard outcome.strangers.isEmpty else { throw Trouble("errors that are no ColumnarError") }
        print(
            """
            {"inputs":\(outcome.inputs),"refused":\(outcome.refused),"batches":\(outcome.batches),\
            "values":\(outcome.values),"memory":\(peakMemory - before)}
            """)
    }

    /// In bytes.
    private static var peakMemory: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}

struct Trouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
