import Foundation
import LeewardModel

/// What happens in a drill, in order; fills the record as it goes.
struct DrillSteps: Sendable {
    let options: DrillOptions
    let lab: Lab
    let link: DaemonLink?
    let watch: DrillWatch
    let screen: DrillScreen
    private(set) var record: DrillRecord

    init(options: DrillOptions, lab: Lab, link: DaemonLink?, watch: DrillWatch, screen: DrillScreen) {
        self.options = options
        self.lab = lab
        self.link = link
        self.watch = watch
        self.screen = screen
        self.record = DrillRecord(
            kind: options.kind,
            region: options.region,
            hasDaemon: options.withDaemon,
            hasShadow: options.withShadow,
            moments: .init(begun: .now, ended: .now)
        )
        self.record.blipSeconds = options.blipSeconds.map(Double.init)
    }

    mutating func run() async throws {
        try await self.becomeReady()
        if self.options.isPlanned {
            try await self.evacuateByCommand()
            try await self.bringBack()
        } else {
            try await self.breakRegion()
            if !self.options.withDaemon { return try await self.watchWithoutController() }
            if self.options.endsAtRecovery { return try await self.awaitRecovery() }
            if let blip = self.options.blipSeconds { return try await self.blip(blip) }
            try await self.awaitEvacuated(within: .seconds(420))
            try await self.heal()
            try await self.bringBack()
        }
    }

    /// Users are well, the controller could act, and all proxies agree.
    private mutating func becomeReady() async throws {
        let isWatched = self.options.withDaemon
        let proxies = self.lab.fleet.regions.count
        try await self.watch.wait("a healthy start", within: .seconds(90)) { view in
            guard view.isGood(for: 5), view.agreed == proxies else { return false }
            guard isWatched else { return true }
            return view.daemon?.status.isReady == true && view.daemon?.status.verdict == .normal
        }
        await self.watch.noteDark()
        let view = await self.watch.view
        self.record.before = view.shares
        self.record.moments.begun = .now
        self.screen.say("ready: \(ReportTables.part(view.recent(5))) of the requests are good")
    }

    /// At a random moment of a metric bucket.
    private mutating func breakRegion() async throws {
        guard let fault = self.options.fault else { return }
        let bucket = self.lab.fleet.limits.bucket.milliseconds
        // Some seconds of calm for the report, then anywhere in a bucket.
        try await Task.sleep(for: .milliseconds(6000 + Int64.random(in: 0..<max(bucket, 1))))
        let outage = WallTime.now
        try await self.lab.break(self.options.region, how: fault)
        self.record.moments.outage = outage
        self.screen.noteOutage(outage)
        self.screen.say("broken: \(fault.rawValue) in \(self.options.region)")
    }

    private mutating func evacuateByCommand() async throws {
        try await Task.sleep(for: .seconds(5))
        let command = WallTime.now
        self.record.moments.outage = command
        self.screen.noteOutage(command)
        do {
            let answer = try await self.link?.command(["evacuate", self.options.region.text, "--yes"])
            self.screen.say("operator: leeward evacuate \(self.options.region) --yes: \(Self.firstLine(answer))")
        } catch {
            guard self.options.failpoints != nil else { throw error }
            // It died with the command, or with what followed at once: an operator looks whether it began.
            self.screen.say("operator: \(error); looking whether it began")
            try await self.watch.wait("the begin of the evacuation", within: .seconds(30)) { view in
                view.daemon?.status.evacuation != nil
            }
        }
        try await self.awaitEvacuated(within: .seconds(300))
    }

    private mutating func awaitEvacuated(within limit: Duration) async throws {
        try await self.watch.wait("the evacuation", within: limit) { view in
            ["evacuated", "held", "rolledBack", "refused", "done"].contains(view.phase)
        }
        let view = await self.watch.view
        guard view.phase == "evacuated" else {
            let why = view.daemon?.status.evacuation?.heldBecause ?? view.daemon?.status.reason ?? ""
            throw LabError("the evacuation came to \(view.phase) instead of evacuated: \(why)")
        }
        self.record.moments.evacuated = .now
        self.record.during = view.shares
        self.screen.say("evacuated: \(self.options.region) serves no user")
    }

    private mutating func heal() async throws {
        try await self.lab.heal(self.options.region)
        self.record.moments.healed = .now
        self.screen.say("healed: \(self.options.region)")
    }

    /// As an operator does: when the region has been stable long enough, and again when the controller still refuses.
    private mutating func bringBack() async throws {
        let stable = self.lab.fleet.limits.stableFor
        try await self.watch.wait("\(stable) of good probes", within: .seconds(180)) { view in
            (view.daemon?.status.probesGoodFor).map { $0 >= stable } ?? false
        }
        let deadline = ContinuousClock.now + .seconds(90)
        while true {
            self.record.moments.failback = .now
            do {
                let answer = try await self.link?.command(["failback", "--yes"])
                self.screen.say("operator: leeward failback --yes: \(Self.firstLine(answer))")
                break
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                self.screen.say("operator: \(error); trying again")
                try await Task.sleep(for: .seconds(3))
            }
        }
        try await self.awaitEnd(within: .seconds(300))
        try await self.settle()
    }

    private mutating func awaitEnd(within limit: Duration) async throws {
        try await self.watch.wait("the end of the way back", within: limit) { view in
            view.phase == "held" || (view.daemon?.status.evacuation == nil && view.daemon?.status.last != nil)
        }
        let view = await self.watch.view
        guard view.phase != "held" else {
            throw LabError("held on the way back: \(view.daemon?.status.evacuation?.heldBecause ?? "")")
        }
        self.screen.say("\(view.phase): every share is back")
    }

    /// A blip passes by itself, and what was moved for it returns by itself.
    private mutating func blip(_ seconds: Int) async throws {
        try await Task.sleep(for: .seconds(seconds))
        try await self.heal()
        let before = self.record.before
        try await self.watch.wait("the return of relief", within: .seconds(240)) { view in
            view.daemon?.status.evacuation == nil && view.shares == before
        }
        // Whatever the controller would still do because of the blip, it does within this time.
        try await Task.sleep(for: .seconds(30))
        try await self.settle()
    }

    private mutating func watchWithoutController() async throws {
        try await Task.sleep(for: .seconds(self.options.watchSeconds))
        self.record.during = await self.watch.view.shares
        try await self.heal()
    }

    private mutating func awaitRecovery() async throws {
        let outage = self.record.moments.outage ?? .now
        try await self.watch.wait("99.9 % good requests", within: .seconds(max(self.options.watchSeconds, 420))) {
            view in
            DrillFigures.recovery(view.timeline, from: outage, judged: { $0.total }) != nil
        }
        self.record.during = await self.watch.view.shares
    }

    /// Caches run out, counts of a whole return are complete, and a planned drill has sent enough.
    private mutating func settle() async throws {
        let ttl = self.lab.fleet.limits.dnsTTL.milliseconds
        try await Task.sleep(for: .milliseconds(ttl + 12_000))
        guard self.options.isPlanned else { return }
        let begun = self.record.moments.begun
        let enough = self.options.plannedRequests
        try await self.watch.wait("\(enough) requests", within: .seconds(300)) { view in
            view.timeline.filter { $0.start >= begun }.reduce(0) { $0 + $1.total.due } >= enough
        }
    }

    private static func firstLine(_ text: String?) -> String {
        text?.split(separator: "\n").first.map(String.init) ?? ""
    }
}

extension DrillView {
    /// How many proxies have the same shares loaded as the first.
    var agreed: Int {
        guard let first = self.tables.values.first else { return -1 }
        return self.tables.values.count { $0 == first }
    }
}
