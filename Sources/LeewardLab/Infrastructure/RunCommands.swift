public import ArgumentParser
import Foundation
import LeewardModel

/// `leeward-lab up`.
public struct UpCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Start three regions on loopback and keep them running until Ctrl-C or `down`."
    )

    @OptionGroup var run: RunFolder

    @Option(help: "Time of day in us-east that the run starts at, as in \"wed 20:00\".")
    var at: String = "wed 20:00"

    @Option(help: "Seed of the history and of the users.")
    var seed: UInt64 = 1

    @Flag(help: "Start without dark instances.")
    var withoutShadow = false

    @Flag(inversion: .prefixedNo, help: "Start the controller, `leeward serve`.")
    var daemon = true

    @Flag(inversion: .prefixedNo, help: "Start the users.")
    var clients = true

    @Flag(help: "Return when everything runs; `down` ends it.")
    var detach = false

    public init() {}

    public func run() async throws {
        guard let at = WeekTime(self.at) else {
            throw ValidationError("--at \(self.at) is no weekday and time; write it like \"wed 20:00\"")
        }
        let options = LabOptions(
            folder: self.run.dir,
            at: at,
            seed: self.seed,
            withShadow: !self.withoutShadow,
            withDaemon: self.daemon,
            withClients: self.clients,
            isDetached: self.detach
        )
        try await Interruption.cancelling {
            let begun = ContinuousClock.now
            let lab: Lab
            do { lab = try await Lab.start(options, say: Console.say) } catch  where Task.isCancelled {
                Console.say("interrupted; everything was stopped")
                throw ExitCode(130)
            }
            let seconds = ((ContinuousClock.now - begun) / .milliseconds(100)).rounded() / 10
            Console.say("up after \(seconds) s")
            for line in lab.hints { Console.say(line) }
            guard !options.isDetached else { return }
            await Interruption.wait()
            Console.say("stopping")
            await lab.stop()
        }
    }
}

/// `leeward-lab down`.
public struct DownCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "End everything that `up` started."
    )

    @OptionGroup var run: RunFolder

    public init() {}

    public func run() async throws {
        let folder = self.run.dir
        Console.say(
            try await Lab.end(folder: folder) ? "everything in \(folder) is stopped" : "nothing runs in \(folder)"
        )
    }
}

/// `leeward-lab status`.
public struct StatusCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(commandName: "status", abstract: "Show what runs.")

    @OptionGroup var run: RunFolder

    public init() {}

    public func run() async throws {
        let lab = try Lab.open(self.run.dir)
        for (role, pid, isAlive) in try lab.roles() {
            print(
                "\(role.padding(toLength: 18, withPad: " ", startingAt: 0)) \(isAlive ? "runs" : "down")  \(pid ?? 0)"
            )
        }
        print("\(lab.instancesInProcessTable().count) instances")
        for (region, kind) in lab.faults() { print("\(region) is broken: \(kind)") }
        for line in lab.hints { print(line) }
    }
}

/// Where a run lies.
public struct RunFolder: ParsableArguments {
    @Option(help: "Folder of the run.")
    var dir: String = "out/lab"

    public init() {}
}

/// Progress goes to stderr, results to stdout.
enum Console {
    static func say(_ line: String) {
        // A closed stderr is no reason to end.
        try? FileHandle.standardError.write(contentsOf: Data("lab: \(line)\n".utf8))
    }
}

extension Lab {
    /// How to reach what runs.
    var hints: [String] {
        let geography = self.fleet.geographies["us-east"]?.host ?? "us-east.lab.test"
        let entry = "http://\(self.layout.edgeAddress("us-east-1")):\(self.layout.edgePort)"
        return [
            "curl -H 'host: \(geography)' -H \"authorization: Bearer $(cat \(self.layout.tokenFile))\" \(entry)/play",
            "kdig @\(self.layout.resolverAddress) -p \(self.layout.dnsPort) \(geography)",
            "metrics at http://\(self.layout.storeAddress):\(self.layout.storePort)/vmui, "
                + "fleet file \(self.layout.fleetFile)",
        ]
    }
}
