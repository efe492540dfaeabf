import Foundation
import LeewardModel

/// One drill from a fresh lab to its record; the lab is stopped whatever happens.
struct DrillRun: Sendable {
    let options: DrillOptions
    let screen: DrillScreen
    /// What disturbs the drill, and who counts afterwards; nil in an undisturbed one.
    var nemesis: (any Disturbing)?
    var audit: Audit?

    init(options: DrillOptions, screen: DrillScreen) {
        self.options = options
        self.screen = screen
    }

    /// Throws only when there is nothing to report: the lab did not start, or somebody pressed Ctrl-C.
    func run() async throws -> DrillRecord {
        var labOptions = LabOptions(folder: self.options.labFolder, at: self.options.at, seed: self.options.seed)
        labOptions.withShadow = self.options.withShadow
        labOptions.withDaemon = self.options.withDaemon
        labOptions.traffic = self.options.traffic
        labOptions.failpoints = self.options.failpoints
        labOptions.coldStartSeconds = self.options.coldStartSeconds
        let screen = self.screen
        let lab = try await Lab.start(labOptions) { screen.say("lab: \($0)") }
        do {
            let record = try await self.drill(lab)
            await lab.stop()
            return record
        } catch {
            self.screen.end()
            await lab.stop()
            throw error
        }
    }

    private func drill(_ lab: Lab) async throws -> DrillRecord {
        let link = self.options.withDaemon ? DaemonLink(socket: lab.layout.daemonSocket) : nil
        let watch = DrillWatch(lab: lab, link: link, screen: self.screen)
        self.screen.begin(
            DrillProgress(
                kind: self.options.kind,
                region: self.options.region,
                geographies: lab.fleet.geographies.keys
            )
        )
        let watching = Task { await watch.run() }
        defer { watching.cancel() }
        await self.audit?.begin(lab)
        let nemesis = self.nemesis
        let disturbing = Task { if let link { await nemesis?.run(lab, link) } }
        defer { disturbing.cancel() }
        var steps = DrillSteps(options: self.options, lab: lab, link: link, watch: watch, screen: self.screen)
        var failure: String?
        do { try await steps.run() } catch is CancellationError { throw CancellationError() } catch {
            // A drill that did not run to its end is a result too: the report shows how far it came.
            failure = "\(error)"
        }
        disturbing.cancel()
        await disturbing.value
        if let link { await self.audit?.end(lab, link) }
        await watch.refresh()
        watching.cancel()
        self.screen.end()
        return try await self.finish(steps.record, lab: lab, link: link, watch: watch, failure: failure)
    }

    private func finish(
        _ record: DrillRecord,
        lab: Lab,
        link: DaemonLink?,
        watch: DrillWatch,
        failure: String?
    ) async throws -> DrillRecord {
        var record = record
        let view = await watch.view
        record.moments.ended = .now
        record.samples = await watch.samples.filter { $0.time >= record.moments.begun - .seconds(20) }
        let until = self.options.withDaemon ? nil : record.moments.healed
        record.timeline = view.timeline.filter { second in
            second.start >= record.moments.begun && until.map { second.start + .seconds(1) <= $0 } ?? true
        }
        record.after = view.shares
        record.phase = view.phase
        record.evacuation = view.daemon?.evacuation
        if let link, let lines = try? await link.history() {
            DrillJournal.note(lines, in: &record.moments, region: self.options.region)
            record.decisions = DrillJournal.decisions(lines, since: record.moments.begun)
        }
        let ledger = try? await lab.ledger()
        if let ledger { record.ledger = ledger }
        let findings = DrillFindings(
            failure: failure,
            hasLedger: ledger != nil,
            expected: lab.evacuatedShares(of: self.options.region, from: record.before),
            regions: lab.fleet.regions.keys,
            tables: view.tables,
            addresses: await watch.addresses,
            limits: lab.fleet.limits
        )
        record.checks = DrillChecks.all(record, options: self.options, findings: findings)
        return record
    }
}
