import Foundation
import LeewardModel

/// Disturbs a drill while it runs.
protocol Disturbing: Sendable {
    /// Until the task is cancelled, or until there is nothing left to do.
    func run(_ lab: Lab, _ link: DaemonLink) async
}

/// Kills the controller without warning while a drill runs, checks that nothing moves while it is dead, and starts it again.
actor Nemesis: Disturbing {
    /// How often to kill in each phase.
    private var kills: [(phase: String, left: Int)]
    /// Region whose agent is killed once in the middle of the shift.
    private var agent: RegionID?
    private let screen: DrillScreen
    private(set) var done: [String: Int] = [:]
    /// What must not have happened.
    private(set) var violations: [String] = []
    private(set) var agentKills = 0

    init(kills: [(phase: String, left: Int)], agent: RegionID?, screen: DrillScreen) {
        self.kills = kills
        self.agent = agent
        self.screen = screen
    }

    var total: Int { self.done.values.reduce(0, +) }
    var left: Int { self.kills.reduce(0) { $0 + $1.left } }

    /// Until the task is cancelled; a failure to restart is a violation.
    func run(_ lab: Lab, _ link: DaemonLink) async {
        while !Task.isCancelled {
            let evacuation = await link.status()?.status.evacuation
            if let phase = evacuation?.phase,
                let index = self.kills.firstIndex(where: { $0.phase == phase && $0.left > 0 })
            {
                // Anywhere in the phase; the short ones are over before a pause is.
                let pause = ["preparing": 150, "publishing": 0][phase] ?? 900
                if pause > 0 { try? await Task.sleep(for: .milliseconds(Int.random(in: 0...pause))) }
                self.kills[index].left -= 1
                do { try await self.kill(lab, in: phase) } catch {
                    self.violations.append("the controller did not come back after a kill in \(phase): \(error)")
                    return
                }
                if phase == "shifting" { await self.killAgent(lab) }
                // The next kill meets a controller that has taken up its work.
                try? await Task.sleep(for: .milliseconds(Int.random(in: 700...1500)))
            }
            // Two records are published and read back in 20 ms: whoever wants to meet that must look often.
            let isNearlyPublishing = evacuation?.phase == "shifting" && evacuation?.points == 10_000
            try? await Task.sleep(for: .milliseconds(isNearlyPublishing ? 2 : 30))
        }
    }

    private func kill(_ lab: Lab, in phase: String) async throws {
        try await lab.stopDaemon(kill: true)
        self.done[phase, default: 0] += 1
        // An effect that was under way lands or not within this time; afterwards nothing may move (S17).
        try await Task.sleep(for: .milliseconds(400))
        let before = try await Stillness(lab)
        try await Task.sleep(for: .milliseconds(600))
        let after = try await Stillness(lab)
        if before != after { self.violations.append("something moved while the controller was dead in \(phase)") }
        try await lab.startDaemon()
        self.screen.say("nemesis: killed the controller in \(phase), \(self.total) so far; it is back")
    }

    private func killAgent(_ lab: Lab) async {
        guard let region = self.agent else { return }
        self.agent = nil
        do {
            try await lab.kill(agentOf: region)
            try await Task.sleep(for: .seconds(1))
            try await lab.heal(region)
            self.agentKills += 1
            self.screen.say("nemesis: killed the agent of \(region); traffic went on from the last snapshot")
        } catch {
            self.violations.append("the agent of \(region) did not come back: \(error)")
        }
    }
}

/// Everything that must stand still while no controller lives: loaded shares, generations, records and memberships.
struct Stillness: Hashable, Sendable {
    private var generations: SortedMap<RegionID, Generation> = [:]
    private var shares: SortedMap<RegionID, ShareTable> = [:]
    private var addresses: SortedMap<GeographyID, [String]>
    private var members: SortedMap<InstanceID, Membership> = [:]

    init(_ lab: Lab) async throws {
        self.addresses = lab.authoritativeAddresses()
        for region in lab.fleet.regions.keys {
            // An agent that is being restarted says nothing; what it does not say cannot have moved by its word.
            if let loaded = try? await lab.edge(region).loaded {
                self.generations[region] = loaded.generation
                self.shares[region] = loaded.shares
            }
            for instance in try await lab.capacity(region).instances { self.members[instance.id] = instance.membership }
        }
    }
}
