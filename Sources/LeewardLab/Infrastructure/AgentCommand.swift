public import ArgumentParser
import Foundation
import LeewardAgent
import LeewardModel
import Logging

/// `leeward-lab agent`: the agent beside one region's proxy; started by `up`.
public struct AgentCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Run the agent of one region.",
        shouldDisplay: false
    )

    @Option(help: "Run folder of the lab.")
    var dir: String

    @Option(help: "Region.")
    var region: String

    public init() {}

    public func run() async throws {
        let settings = try Lab.open(self.dir).agentSettings(RegionID(self.region))
        let logger = Logger(label: "agent", factory: StreamLogHandler.standardError(label:))
        try await Interruption.cancelling { try await EdgeAgent(settings, logger: logger).run() }
    }
}
