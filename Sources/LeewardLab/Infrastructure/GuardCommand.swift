public import ArgumentParser
import LeewardProcesses

/// `leeward-lab guard`: ends a run whose owner is gone, for example after a crash; started by `up` and `drill`.
public struct GuardCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "End the run when the process that owns it is gone.",
        shouldDisplay: false
    )

    @Option(help: "Run folder of the lab.")
    var dir: String

    public init() {}

    public func run() async throws {
        let file = LabStateFile(path: self.dir + "/state.json")
        while let state = try file.read(), let owner = state.owner {
            if !Spawn.isAlive(owner) {
                await Lab.end(state)
                return
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
