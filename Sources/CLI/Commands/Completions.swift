import ArgumentParser

struct Completions: ParsableCommand {
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Write a completion script for a shell.",
        discussion: """
            bash:  millrace completions bash > ~/.local/share/bash-completion/completions/millrace
            zsh:   millrace completions zsh > \"${fpath[1]}/_millrace\"
            fish:  millrace completions fish > ~/.config/fish/completions/millrace.fish
            """)

    @Argument(help: "The shell.") var shell: Shell
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try Output.standard.write(MillraceCommand.completionScript(for: kind) + "\n")
    }
}
