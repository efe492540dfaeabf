import LeewardModel

/// All evidence about one region at one moment.
struct RegionEvidence: Sendable, Equatable {
    var region: RegionID
    var business: BusinessEvidence
    var server: ServerEvidence
    var probes: ProbeEvidence
    var hasReport: Bool
    /// What its own edge counted over the last seconds; nil without a report.
    var edge: EdgeWindow?
    /// Requests that arrive over what should; nil where unknown.
    var rush: Double?

    /// Nobody outside gets anything and its own agent is silent.
    var looksUnreachable: Bool { !self.hasReport && (self.probes.isDead || self.probes.isDeadForTheOther) }
    /// Anything bad at all: enough to withhold "only that other region is sick".
    var isSuspect: Bool { self.business.badRun > 0 || self.server.state == .sick || self.probes.fails }
    /// What each class says, in order of weight.
    var list: [Evidence] {
        // A silent agent beside dead probes stands for the server's class, and for no more than the probes say (S18).
        let server = self.looksUnreachable ? self.probes.weight : self.server.weight
        return [
            Evidence(.business, weight: self.business.weight, saying: Sentence { [business] in business.text }),
            Evidence(.server, weight: server, saying: Sentence { [said = self.server] in said.text }),
            Evidence(.probe, weight: self.probes.weight, saying: Sentence { [probes] in probes.text }),
        ].byWeight
    }
    var text: String { Self.text(self.list) }

    static func text(_ list: [Evidence]) -> String { list.map(\.text).joined(separator: "; ") }
}

/// What the detector remembers about one region between steps.
struct RegionMemory: Sendable, Equatable {
    var health: Health = .unknown
    /// Called sick and not healthy since: it must earn health, not merely stop looking bad.
    var isConvalescent = false
    var sickSince: Timestamp?
    /// Classes that called it sick since then.
    var classes: [EvidenceClass] = []
    var lastDip: Timestamp?
    var probesGoodSince: Timestamp?
    var unreachableSince: Timestamp?
    /// Requests have been far more than usual since then.
    var rushSince: Timestamp?
    /// How many times the usual they were when the region fell sick, where they had risen before it did.
    var attack: Double?
    /// What its own edge counts while all is well.
    var usualEdge = UsualEdge()

    /// So many times the usual is no good day.
    static let rushed = 2.0

    /// Takes one look; returns the verdict.
    mutating func judge(_ evidence: RegionEvidence, limits: Limits, at now: Timestamp) -> RegionVerdict {
        self.probesGoodSince = evidence.probes.isAllGood ? self.probesGoodSince ?? now : nil
        self.unreachableSince = evidence.looksUnreachable ? self.unreachableSince ?? now : nil
        if evidence.business.badRun >= limits.reliefAfter { self.lastDip = now }
        self.noticeRush(evidence, limits: limits, at: now)
        let isWell = self.health == .healthy && evidence.business.state == .fine
        self.usualEdge.take(evidence.edge, isWell: isWell, at: now)
        let (health, note) = self.health(evidence, limits: limits, at: now)
        self.health = health
        switch health {
        case .sick:
            self.isConvalescent = true
            if self.sickSince == nil { self.attack = self.rushBefore(evidence, limits: limits, at: now) }
            self.sickSince = self.sickSince ?? now
            self.classes = Array(Self.classes(evidence, known: self.classes, limits: limits))
        case .healthy:
            self.isConvalescent = false
            self.sickSince = nil
            self.attack = nil
            self.classes = []
        case .unknown: break
        }
        let list = evidence.list
        let reason = Sentence {
            let text = RegionEvidence.text(list)
            return note.isEmpty ? text : "\(text); \(note)"
        }
        return .init(
            region: evidence.region,
            health: health,
            isUnreachable: health == .sick && evidence.looksUnreachable,
            saying: reason,
            evidence: list
        )
    }

    private mutating func noticeRush(_ evidence: RegionEvidence, limits: Limits, at now: Timestamp) {
        guard let rush = evidence.rush else { return }
        self.rushSince = rush >= Self.rushed ? self.rushSince ?? now : nil
    }

    /// An attack comes before the dip that it causes; retries come after theirs.
    private func rushBefore(_ evidence: RegionEvidence, limits: Limits, at now: Timestamp) -> Double? {
        guard let since = self.rushSince, let rush = evidence.rush else { return nil }
        let dip = now - limits.bucket * max(evidence.business.badRun, 1)
        return since + limits.bucket <= dip ? rush : nil
    }

    private func health(_ evidence: RegionEvidence, limits: Limits, at now: Timestamp) -> (Health, String) {
        let business = evidence.business
        if business.state == .quiet { return self.healthByProbes(evidence, limits: limits, at: now) }
        let dips = business.badRun >= limits.reliefAfter
        if dips, evidence.server.state == .sick { return (.sick, "") }
        // In a fleet of two there is one other region: its link alone is nobody's outage, and beside a dip it is a second class.
        if dips, evidence.probes.agreesWithADip {
            guard let doubt = self.usualEdge.doubt(evidence) else { return (.sick, "") }
            if !self.isConvalescent { return (.unknown, doubt) }
        }
        // S18: an absent metric alone never triggers, but a silent agent and dead probes for as long as a dip would take do.
        // The silence and the probes of one link are one class.
        if let since = self.unreachableSince, business.state != .fine, !business.entersWell,
            dips || evidence.probes.isDead && now - since >= Self.patience(limits)
        {
            return (.sick, "nothing of it can be reached")
        }
        if self.isConvalescent { return self.convalescence(evidence, limits: limits, at: now) }
        if dips { return (.unknown, "no second class of evidence agrees (S20)") }
        return business.state == .gap ? (.unknown, "a gap is no dip (S18)") : (.healthy, "")
    }

    /// Once sick, healthy means: business recovered, the edge agrees, and probes have been all good for a bucket.
    private func convalescence(_ evidence: RegionEvidence, limits: Limits, at now: Timestamp) -> (Health, String) {
        let business = evidence.business
        if business.state == .gap, evidence.server.state == .unknown, !evidence.probes.hasAny {
            return (.unknown, "it was sick, and no evidence is left")
        }
        if business.state == .fine, business.goodRun >= limits.reliefAfter, evidence.server.state != .sick,
            self.probesAreGood(limits, now)
        {
            return (.healthy, "")
        }
        return (.sick, "it was sick and has not yet proven that it recovered")
    }

    private func healthByProbes(_ evidence: RegionEvidence, limits: Limits, at now: Timestamp) -> (Health, String) {
        let probes = evidence.probes
        guard probes.hasAny else { return (.unknown, "without users only probes can tell") }
        if probes.fails { return (.sick, "") }
        if self.probesAreGood(limits, now) { return (.healthy, "") }
        if self.isConvalescent { return (.sick, "it was sick and its probes are not all good yet") }
        if probes.failsForTheOther { return (.unknown, "without users only one link can tell") }
        return self.health == .healthy || probes.isAllGood ? (.healthy, "") : (.unknown, "its vantages disagree")
    }

    private func probesAreGood(_ limits: Limits, _ now: Timestamp) -> Bool {
        self.probesGoodSince.map { now - $0 >= limits.bucket } ?? false
    }

    private static func patience(_ limits: Limits) -> Span { limits.bucket * limits.reliefAfter }

    private static let inOrder = EvidenceClass.allCases.sorted()

    /// A silent agent beside dead probes stands for the server's class (S18: reachability and transactions are two).
    static func classes(
        _ evidence: RegionEvidence,
        known: [EvidenceClass] = [],
        limits: Limits
    ) -> [EvidenceClass] {
        Self.inOrder.filter { kind in
            if known.contains(kind) { return true }
            return switch kind {
            case .business: evidence.business.badRun >= limits.reliefAfter
            case .server: evidence.server.state == .sick || evidence.looksUnreachable
            case .probe: evidence.probes.agreesWithADip
            case .provider: false
            }
        }
    }
}
