/// How the program ends; scripts may rely on these numbers (docs/command-line.md).
public enum Exit: Int32, Error, Hashable, Sendable, CaseIterable {
    /// What was asked is done, or accepted by the daemon.
    case done = 0
    /// It did not work; the message says why.
    case failed = 1
    /// The command line is not understood, or a confirmation is missing; nothing was asked of anybody.
    case usage = 2
    /// A safety rule refuses; the message names it.
    case refused = 3
    /// The evacuation is held and waits for a person.
    case held = 4
    /// The daemon, or who else had to be asked, does not answer; a command may have been taken.
    case unreachable = 5
}

/// An end with a sentence for stderr.
struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    var exit: Exit
    var description: String
    init(_ exit: Exit, _ description: String) {
        self.exit = exit
        self.description = description
    }
}
