import LeewardDetection
import LeewardModel
import LeewardPlanning
import LeewardSafety

extension Controller {
    /// What fails is compared over the last seconds: long enough for a count, short enough to be now.
    private static let signatureWindow = Span.seconds(12)
    /// Weight of one look in what usually fails; about a minute of ticks.
    private static let usualWeight = 0.005

    /// Learns which part of each service's requests fails while all is well.
    ///
    /// A rise counts for no more than twice the usual, so that the first seconds of an incident are not taken for it.
    mutating func rememberFailing(_ now: Timestamp) {
        guard !self.state.isEvacuating, self.assessment.fleet == .normal else { return }
        for region in self.fleet.regions.keys {
            guard let (old, new, _) = self.observed.ends(of: region, within: Self.signatureWindow, at: now) else {
                continue
            }
            let rates = new.served.compactMapValues(beside: old.served) { _, counts, earlier -> Double? in
                guard let delta = counts.since(earlier ?? RequestCounts()),
                    delta.good + delta.failed >= FailureSignature.enoughEnded
                else { return nil }
                return Double(delta.failed) / Double(delta.good + delta.failed)
            }
            guard !rates.isEmpty else { continue }
            self.observed.usualFailing[region, default: [:]].merge(rates) { usual, rate in
                guard let usual else { return min(rate, FailureSignature.unknownUsual) }
                return usual + (min(rate, max(usual * 2, 0.01)) - usual) * Self.usualWeight
            }
        }
    }

    /// What fails in a region now; nil while its edge says nothing.
    func signature(of region: RegionID, _ now: Timestamp) -> FailureSignature? {
        let outcomes = self.outcomes(of: region, now)
        return outcomes.isEmpty ? nil : FailureSignature(outcomes)
    }

    /// Compares what fails where users leave with what fails where they go (S41).
    ///
    /// - Parameter known: The evacuee's as it was when its users began to leave: without users it shows nothing any more.
    func signatureFinding(
        _ evacuee: RegionID,
        _ saviors: [RegionID],
        known: FailureSignature? = nil,
        _ now: Timestamp
    ) -> Finding {
        SignatureGate.finding(
            evacuee: evacuee,
            signature: self.ownSignature(evacuee, known, now),
            saviors: saviors.map { ($0, self.signature(of: $0, now)) }
        )
    }

    /// The same for who only asks whether it refuses; nil: it does not.
    func signatureRefusal(_ evacuation: Evacuation, _ saviors: [RegionID], _ now: Timestamp) -> String? {
        SignatureGate.refusal(
            evacuee: evacuation.evacuee,
            signature: self.ownSignature(evacuation.evacuee, evacuation.signature, now),
            saviors: saviors.map { ($0, self.signature(of: $0, now)) }
        )
    }

    private func ownSignature(_ evacuee: RegionID, _ known: FailureSignature?, _ now: Timestamp) -> FailureSignature? {
        let present = self.signature(of: evacuee, now)
        return present.flatMap { $0.failing.isEmpty ? nil : $0 } ?? known ?? present
    }

    /// True where the next rung must wait, because a savior has begun to fail in the evacuee's own way (S41).
    ///
    /// A person is told at once; when it lasts for longer than a proof may take, the evacuation is held.
    mutating func waitsForSignature(_ evacuation: Evacuation, _ output: inout Output, _ now: Timestamp) -> Bool {
        guard !evacuation.isReturning, !self.isByHand, self.stands(.signature) else { return false }
        guard let reason = self.signatureRefusal(evacuation, evacuation.plan.receivers, now) else {
            self.alikeSince = nil
            return false
        }
        self.waiting = "\(reason) (S41)"
        guard let since = self.alikeSince else {
            self.alikeSince = now
            self.page("\(evacuation.id) waits: \(reason) (S41)", &output, now)
            return true
        }
        if now - since > self.fleet.limits.soakMax {
            self.alikeSince = nil
            self.hold("\(reason) (S41)", &output, now)
        }
        return true
    }

    private func outcomes(of region: RegionID, _ now: Timestamp) -> SortedMap<ServiceID, FailureSignature.Part> {
        guard let (old, new, _) = self.observed.ends(of: region, within: Self.signatureWindow, at: now) else {
            return [:]
        }
        let usual = self.observed.usualFailing[region] ?? [:]
        return new.served.compactMapValues(beside: old.served) { service, counts, before in
            guard let delta = counts.since(before ?? RequestCounts()) else { return nil }
            return FailureSignature.Part(
                ended: delta.good + delta.failed,
                failed: delta.failed,
                usual: usual[service] ?? FailureSignature.unknownUsual
            )
        }
    }
}
