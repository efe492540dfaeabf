import ArgumentParser

struct ConfirmOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do it without asking for the name.")
    var yes = false
}

/// Asks a person before anything changes.
enum Confirm {
    /// Shows `intention` on stderr and waits until `name` is typed; anything else ends the program and changes nothing.
    static func ask(_ intention: [String], typing name: String, _ options: ConfirmOptions) throws(Failure) {
        let surroundings = Surroundings.current
        for line in intention { surroundings.err(line) }
        if options.yes { return }
        guard surroundings.isInteractive else {
            throw Failure(
                .usage,
                "nothing was done: stdin is no terminal that could confirm; pass --yes if you mean it"
            )
        }
        surroundings.err("Type \(name) to go on, anything else to leave everything as it is:")
        guard surroundings.ask() == name else { throw Failure(.usage, "nothing was done: the answer was not \(name)") }
    }
}
