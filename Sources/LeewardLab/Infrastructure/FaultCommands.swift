public import ArgumentParser
import LeewardModel

/// `leeward-lab break`.
public struct BreakCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "break",
        abstract: "Break a region of the running lab."
    )

    @OptionGroup var run: RunFolder

    @Argument(help: "Region.")
    var region: String

    @Option(help: "How: \(LabFault.names).")
    var how: String

    public init() {}

    public func run() async throws {
        guard let fault = LabFault(rawValue: self.how) else {
            throw ValidationError("--how \(self.how) is unknown; known are \(LabFault.names)")
        }
        try await Lab.open(self.run.dir).break(RegionID(self.region), how: fault)
        Console.say("\(self.region) is broken: \(fault.rawValue)")
    }
}

/// `leeward-lab heal`.
public struct HealCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "heal",
        abstract: "Take every fault of a region away."
    )

    @OptionGroup var run: RunFolder

    @Argument(help: "Region.")
    var region: String

    public init() {}

    public func run() async throws {
        try await Lab.open(self.run.dir).heal(RegionID(self.region))
        Console.say("\(self.region) is healed")
    }
}
