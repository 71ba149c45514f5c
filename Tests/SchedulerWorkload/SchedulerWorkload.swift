import Foundation

/// Puts the scheduler of a project under load, and kills it: for tests which need processes of their own.
@main
struct SchedulerWorkload {
    static func main() async {
        let words = CommandLine.arguments
        guard words.count == 4, words[1] == "survive", let kills = Int(words[3]) else {
            FileHandle.standardError.write(
                Data("usage: SchedulerWorkload survive FOLDER KILLS   kills 'millrace serve' again and again\n".utf8))
            exit(2)
        }
        do {
            print(try await Survival(folder: words[2]).run(kills: kills))
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }
}

/// What is not as it should be.
struct Trouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
