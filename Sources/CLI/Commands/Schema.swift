import ArgumentParser
import Project

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Write the JSON Schema of millrace.yaml, for editors.",
        discussion: """
            millrace schema > millrace.schema.json, and as the first line of millrace.yaml:
            # yaml-language-server: $schema=millrace.schema.json
            """)

    @Flag(name: .long, help: "Write a reference of all fields in Markdown instead.") var reference = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() throws {
        try Output.standard.write(reference ? FieldRegistry.reference() : FieldRegistry.jsonSchema())
        try Output.standard.write("\n")
    }
}
