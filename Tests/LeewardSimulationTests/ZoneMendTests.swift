import LeewardEngine
import LeewardModel
import Testing

@testable import LeewardSimulation

/// The engine brings the zone to what it intended from whatever the zone has, in the whole world (S15g, L10).
@Suite struct ZoneMendTests {
    private static let outage = TimedFault(.successRate("us-east-1", 1000), at: .seconds(30))

    /// Seven minutes of sleep through a new term and an update: its old marker kept every further update from every server.
    @Test func aNameServerThatSleptThroughANewTermIsBroughtForward() {
        var scenario = Scenario(
            name: "mended",
            about: "",
            length: .minutes(30),
            faults: [
                TimedFault(.successRate("us-east-1", 1000), at: .seconds(30), lasts: .minutes(5)),
                TimedFault(.controllerKilled(restartAfter: .seconds(3), newBoot: false), at: .minutes(12)),
                TimedFault(.successRate("us-east-1", 1000), at: .minutes(14)),
                TimedFault(.nameServerSilent(1), at: .minutes(14), lasts: .minutes(7)),
            ],
            commands: [
                OperatorAct(.failback, at: .minutes(6), insistsFor: .minutes(5), whilePhase: .evacuated)
            ]
        )
        scenario.world.limits.blockWindow = .minutes(1)
        scenario.world.limits.maxAutomaticPerDay = 10
        var run = Simulation(scenario, seed: 1)
        run.run()
        #expect(run.violations.isEmpty, "\(run.violations.map(\.description))")
        #expect(!run.chronicle.phases.contains { $0.0 == .held }, "\(run.told.suffix(5))")
        #expect(run.phase == .evacuated)
        let markers = run.world.servers.map { $0.marker?.generation }
        #expect(markers[0] == markers[1] && markers[0] != nil)
    }

    @Test func aRecordThatSomebodyElseChangedIsPublishedAgainUnderAHigherGeneration() throws {
        var run = self.evacuated()
        let before = run.world.servers
        let generation = try #require(before[0].marker?.generation)
        let host = try #require(run.world.names.hosts.firstIndex(of: "us-east.sim.test"))
        run.world.servers[0].records[host] = ["192.0.2.99"]
        for _ in 0..<20 { run.pass() }
        #expect(run.world.servers.map(\.records) == before.map(\.records))
        #expect(run.world.servers.allSatisfy { $0.marker.map { $0.generation > generation } ?? false })
        #expect(run.phase == .evacuated)
    }

    @Test(arguments: ZoneDamage.allCases) func theWorldsZoneIsMendedFromAnyState(_ damage: ZoneDamage) throws {
        var run = self.evacuated()
        let names = run.world.names
        let published = try ["us-east.sim.test", "south-america.sim.test"].map { (name: HostName) in
            try #require(names.hosts.firstIndex(of: name))
        }
        let wanted = published.map { run.world.servers[0].records[$0] }
        for server in [0, 1] {
            // The damages change the first name or the last one; these are the two that the evacuation keeps.
            var small = run.world.servers[server]
            small.records = published.map { run.world.servers[server].records[$0] }
            damage.befall(&small)
            for (index, host) in published.enumerated() {
                run.world.servers[server].records[host] = small.records[index]
            }
            run.world.servers[server].marker = small.marker
        }
        for _ in 0..<30 { run.pass() }
        for server in run.world.servers { #expect(published.map { server.records[$0] } == wanted) }
    }

    @Test func whoChangesTheZoneAgainAndAgainIsToldToAPerson() throws {
        var run = self.evacuated()
        let host = try #require(run.world.names.hosts.firstIndex(of: "us-east.sim.test"))
        for _ in 0..<5 {
            run.world.servers[0].records[host] = ["192.0.2.99"]
            for _ in 0..<20 { run.pass() }
        }
        let calls = run.told.filter { $0.contains("5 times so far: does somebody else write there?") }
        #expect(calls.count == 1, "\(run.told.suffix(12))")
        #expect(run.world.servers[0].records[host] != ["192.0.2.99"])
    }

    private func evacuated() -> Simulation {
        let scenario = Scenario(name: "mended", about: "", length: .minutes(20), faults: [Self.outage])
        var run = Simulation(scenario, seed: 1)
        while run.phase != .evacuated, !run.isOver { run.pass() }
        return run
    }
}
