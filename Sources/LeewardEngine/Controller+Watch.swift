import LeewardDetection
import LeewardModel
import LeewardPlanning

/// What the active evacuation looked like when it last moved on.
struct Stall: Sendable {
    /// What would be another one if anything had moved.
    struct Place: Hashable, Sendable {
        var id: EvacuationID
        var phase: Phase
        var points: Int
        var generation: Generation
        var zoneGeneration: Generation
    }
    var place: Place?
    var since: Timestamp?
    var pagedAt: Timestamp?
}

extension Controller {
    /// Phases in which something is meant to happen by itself, or by somebody who has been asked.
    private static let moving: [Phase] = [.proposed, .preparing, .shifting, .publishing, .settling, .returning]
    /// Phases in which a savior that falls sick is taken to be made sick by what it got.
    private static let outward: [Phase] = [.relieving, .preparing, .shifting, .publishing, .settling]
    /// Who stands still is called about again after this long.
    private static let pageAgain = Span.hours(1)
    /// What is held moves again only for clearly more good requests than now.
    private static let clearly = 1.2

    /// Looks at the active evacuation from outside: sick saviors, a standstill, and saviors that serve less than home would.
    mutating func watch(_ output: inout Output, _ now: Timestamp) {
        guard !self.state.isKilled else { return }
        self.noteLost(now)
        self.leaveSickSaviors(&output, now)
        self.enterAtHome(&output, now)
        self.endHeldRelief(&output, now)
        self.goOnWithoutTheFailed(&output, now)
        self.noticeStall(&output, now)
        self.noticePoorSaviors(&output, now)
    }

    /// What sick saviors got goes home, in whatever the fleet's verdict is, and later too while the controller itself holds (S41).
    private mutating func leaveSickSaviors(_ output: inout Output, _ now: Timestamp) {
        guard let evacuation = self.state.evacuation, Self.outward.contains(evacuation.workingPhase),
            self.stands(.takeBack)
        else { return }
        guard evacuation.phase == .held else {
            if let reason = self.takeBack(evacuation, &output, now) { self.hold(reason, &output, now) }
            return
        }
        guard self.isHeldByItself, let reason = self.takeBack(evacuation, atLeast: Self.clearly, &output, now) else {
            return
        }
        self.page("\(evacuation.id) stays held: \(reason)", &output, now)
    }

    /// Waiting for a savior that is sick ends in a hold; waiting for anything else is told to a person (L02).
    private mutating func noticeStall(_ output: inout Output, _ now: Timestamp) {
        guard let evacuation = self.state.evacuation, Self.moving.contains(evacuation.phase) else {
            self.stall = Stall()
            return
        }
        let place = Stall.Place(
            id: evacuation.id,
            phase: evacuation.phase,
            points: evacuation.points,
            generation: self.state.generation,
            zoneGeneration: self.state.zoneGeneration
        )
        guard let since = self.stall.since, self.stall.place == place else {
            self.stall = Stall(place: place, since: now)
            return
        }
        let limits = self.fleet.limits
        let patience =
            evacuation.phase == .settling
            ? max(limits.soakMax * 4, (limits.residualFor + limits.dnsTTL) * 2) : limits.soakMax * 4
        let isLong = now - since > (evacuation.phase == .settling ? patience : limits.soakMax)
        if isLong, let reason = self.futility(of: evacuation, now) {
            self.hold(reason, &output, now)
            return
        }
        guard now - since > patience, self.stall.pagedAt.map({ now - $0 > Self.pageAgain }) ?? true else { return }
        self.stall.pagedAt = now
        let reason = self.waiting ?? "nothing has been recorded for it"
        self.page(
            "\(evacuation.id) has stood still in \(evacuation.phase.rawValue) for \(now - since): \(reason)",
            &output,
            now
        )
    }

    /// Why waiting brings nothing: saviors that are sick, or users whom nobody should move; nil where it may (L02).
    private func futility(of evacuation: Evacuation, _ now: Timestamp) -> String? {
        guard [.shifting, .publishing, .settling].contains(evacuation.phase), !evacuation.isReturning else {
            return nil
        }
        let sick = evacuation.plan.receivers.filter { self.health($0) == .sick }
        guard sick.isEmpty else {
            return "\(sick.map(\.text).joined(separator: " and ")) is sick for longer than a proof may take (S08)"
        }
        // Of an edge that says nothing nobody knows whom it keeps.
        guard evacuation.phase == .settling, self.keepsItsUsers(evacuation.evacuee, now),
            self.observed.ends(of: evacuation.evacuee, within: .seconds(4), at: now) != nil
        else { return nil }
        return "the edge of \(evacuation.evacuee) answers again and serves; no savior is known to be better (S07)"
    }

    /// Nothing returns unasked (S24), so a person is called where the saviors fail what the evacuee could serve again (S44).
    private mutating func noticePoorSaviors(_ output: inout Output, _ now: Timestamp) {
        var poor: [(RegionID, Double)] = []
        if self.state.evacuation?.points ?? 0 > 0 {
            for region in self.state.evacuation?.plan.receivers ?? [] {
                guard let part = self.servedPart(by: region, now), part < Self.wellServed else { continue }
                poor.append((region, part))
            }
        }
        guard !poor.isEmpty, let evacuation = self.state.evacuation else {
            (self.poorSince, self.isPoorPaged) = (nil, false)
            return
        }
        // A savior may have been poor for long before home is well again: both are waited for at the same time.
        let since = self.poorSince ?? now
        self.poorSince = since
        guard evacuation.phase == .evacuated || evacuation.phase == .held,
            let wellSince = self.assessment.probesGoodSince[evacuation.evacuee],
            now - wellSince >= self.fleet.limits.stableFor
        else {
            self.isPoorPaged = false
            return
        }
        guard !self.isPoorPaged, now - since > self.fleet.limits.soakMax else { return }
        self.isPoorPaged = true
        let sentence = poor.map { "\($0.0) serves \(Int(($0.1 * 100).rounded())) %" }.joined(separator: ", ")
        let command = evacuation.phase == .evacuated ? "failback" : "rollback"
        self.page(
            "\(evacuation.id): \(sentence), and \(evacuation.evacuee) has had good probes for \(now - wellSince); nobody is "
                + "sent back unasked (S24): `leeward \(command)` brings its users home",
            &output,
            now
        )
    }

    /// Part of the requests that a region serves well, 0 where nobody reaches it; nil where that is not known.
    func servedPart(by region: RegionID, _ now: Timestamp) -> Double? {
        self.goodPart(servedBy: region, now) ?? (self.carriesNothing(region, now) ? 0 : nil)
    }
}
