import LeewardModel

/// What the checks need besides the record.
struct DrillFindings: Sendable {
    /// Why the drill did not run to its end.
    var failure: String?
    var hasLedger: Bool
    /// The shares that the fleet file promises for the evacuated region.
    var expected: ObservedShares
    /// Every region has a proxy that must be read.
    var regions: [RegionID]
    /// Loaded shares at the end, by proxy; one that did not answer is missing.
    var tables: SortedMap<RegionID, ObservedShares>
    /// Entry addresses at the authoritative server, each time that they changed.
    var addresses: [SortedMap<GeographyID, [String]>]
    var limits: Limits
}

/// Decides whether a drill passed; only what was observed counts.
struct DrillChecks {
    let record: DrillRecord
    let findings: DrillFindings
    let figures: DrillFigures
    private(set) var checks: [DrillCheck] = []

    static func all(_ record: DrillRecord, options: DrillOptions, findings: DrillFindings) -> [DrillCheck] {
        var checks = DrillChecks(record: record, findings: findings, figures: DrillFigures(record))
        checks.ranToItsEnd()
        if !options.withDaemon {
            checks.staysBroken()
        } else if options.endsAtRecovery {
            checks.recovered()
        } else if options.blipSeconds != nil {
            checks.wasOnlyRelief()
            checks.isAsBefore()
            checks.recovered()
        } else {
            checks.movedAndReturned()
            checks.isAsBefore()
            if options.isPlanned { checks.lostNothing(of: options.plannedRequests) } else { checks.recovered() }
            checks.committed(options)
        }
        if options.withDaemon, !options.endsAtRecovery { checks.balances() }
        return checks.checks
    }

    private mutating func check(_ name: String, _ isMet: Bool, _ found: String) {
        self.checks.append(.init(name, isMet: isMet, found: found))
    }

    private mutating func ranToItsEnd() {
        let failure = self.findings.failure
        self.check("the drill ran to its end", failure == nil, failure ?? "every step was done")
    }

    private mutating func staysBroken() {
        let tally = self.record.timeline.filter { $0.start >= self.record.moments.outage ?? $0.start }
            .reduce(RequestTally()) { $0 + $1.total }
        self.check(
            "without a controller users stay below 99.9 %",
            self.figures.recover == nil,
            self.figures.recover.map { "good again after \(Markup.fixed($0, 1)) s" }
                ?? "\(ReportTables.part(tally)) good since the outage"
        )
        self.check("no share moved", self.record.during == self.record.before, Self.text(self.record.during))
    }

    private mutating func recovered() {
        self.check(
            "ten seconds in a row with 99.9 % good requests",
            self.figures.recover != nil,
            self.figures.recover.map { "the first began \(Markup.fixed($0, 1)) s after the outage" }
                ?? "they never came"
        )
        if self.record.kind == "edge-down" {
            let limit = self.findings.limits.dnsTTL.seconds + 90
            self.check(
                "users who honour the TTL are well within TTL + 90 s",
                self.figures.recover.map { $0 <= limit } ?? false,
                "limit \(Markup.fixed(limit, 0)) s; \(Markup.grouped(self.figures.ignoring.failed)) of "
                    + "\(Markup.grouped(self.figures.ignoring.due)) requests of the others failed"
            )
        }
        guard self.record.hasShadow else { return }
        self.check(
            "no request failed after recovery",
            self.figures.failedAfterRecovery == 0,
            "\(Markup.grouped(self.figures.failedAfterRecovery)) failed"
        )
    }

    private mutating func lostNothing(of enough: Int) {
        let total = self.figures.total
        self.check(
            "no request failed, out and back",
            total.failed == 0,
            "\(Markup.grouped(total.failed)) of \(Markup.grouped(total.due)) failed"
        )
        self.check("at least \(Markup.grouped(enough)) requests", total.due >= enough, Markup.grouped(total.due))
    }

    private mutating func movedAndReturned() {
        let id = self.record.evacuation?.text ?? "none"
        let end = self.record.phase.isEmpty ? "nowhere" : self.record.phase
        self.check("the evacuation ended done", end == "done", "\(id) ended \(end)")
        self.check(
            "users went where the fleet file says",
            self.record.during == self.findings.expected,
            Self.text(self.record.during)
        )
        let limit = self.findings.limits.residual
        self.check(
            "residual at most \(limit) basis points",
            self.figures.residualBasisPoints.map { $0 <= limit } ?? false,
            self.figures.residualBasisPoints.map { "\($0) basis points in the last 20 s before evacuated" }
                ?? "not seen"
        )
    }

    private mutating func committed(_ options: DrillOptions) {
        guard !options.isPlanned else { return }
        // Where relief serves the users, the verdict may take its time to harden.
        let limit = options.fault == .edgeDown ? 90.0 : 180
        self.check(
            "DNS committed within \(Int(limit)) s of the outage",
            self.figures.committed.map { $0 <= limit } ?? false,
            self.figures.committed.map { "after \(Markup.fixed($0, 1)) s" } ?? "never"
        )
    }

    private mutating func wasOnlyRelief() {
        let later = Set(self.record.samples.map(\.phase)).subtracting(["", "relieving", "done", "returning"])
        let seen = later.isEmpty ? "relief only" : later.sorted().joined(separator: ", ")
        self.check("no evacuation", later.isEmpty, seen)
        self.check(
            "no DNS change",
            self.findings.addresses.count == 1,
            self.findings.addresses.count == 1 ? "the same addresses throughout" : "the addresses changed"
        )
    }

    /// Proxies, name server and the users' own counts must tell the same.
    private mutating func isAsBefore() {
        let isSame = self.record.after == self.record.before
        let tables = self.findings.tables
        let silent = self.findings.regions.filter { tables[$0] == nil }.map(\.text)
        self.check(
            "every proxy has the shares of before",
            isSame && silent.isEmpty && tables.values.allSatisfy { $0 == self.record.before },
            !silent.isEmpty
                ? "no answer from \(silent.joined(separator: " and "))"
                : isSame ? "\(tables.count) proxies answer" : Self.text(self.record.after)
        )
        let first = self.findings.addresses.first
        let last = self.findings.addresses.last
        self.check(
            "the name server has the addresses of before",
            first != nil && first == last,
            last.map { $0.map { "\($0) \($1.joined(separator: " "))" }.joined(separator: ", ") } ?? "no answer"
        )
        let served = Array(self.record.timeline.suffix(6)).servedShares()
        self.check("users are served as before", served == self.record.before, Self.text(served))
    }

    private mutating func balances() {
        let ledger = self.record.ledger
        self.check(
            "no orphan",
            self.findings.hasLedger && ledger.orphans == 0,
            "\(ledger.orphans) in the process table"
        )
        self.check(
            "every injected instance went home",
            self.findings.hasLedger && ledger.injected == ledger.withdrawn,
            "\(ledger.injected) injected, \(ledger.withdrawn) withdrawn"
        )
    }

    private static func text(_ shares: ObservedShares) -> String {
        shares.map { geography, row in
            "\(geography): \(row.map { "\($0) \(Markup.percent($1))" }.joined(separator: ", "))"
        }.joined(separator: "; ")
    }
}
