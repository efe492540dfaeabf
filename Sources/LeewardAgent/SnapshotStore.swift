import LeewardModel
import LeewardProviders

/// The fenced snapshot of one edge: decides what is accepted, keeps it on disk and feeds it to the proxy.
///
/// Fence, check and write are one step of the actor (S14). What cannot be read is never overwritten: the proxy goes on
/// with the files that it has (S17).
actor SnapshotStore {
    private let settings: AgentSettings
    private let file: SnapshotFile
    private let folder: EdgeFolder
    private var snapshot: EdgeSnapshot
    private var done: [EffectKey: Effect] = [:]
    /// Why nothing is accepted any more; nil while all is well.
    private(set) var damage: String?

    init(_ settings: AgentSettings) {
        self.settings = settings
        self.file = SnapshotFile(settings)
        self.folder = EdgeFolder(settings)
        let routes = self.folder.routes()
        self.snapshot = .initial(settings.fleet)
        // What the proxy has been given stands in for a record that is gone: traffic must not jump home by itself.
        if let routes, routes.generation.value > 0 {
            self.snapshot.mark = .init(generation: routes.generation, epoch: Epoch(0), key: "recovered")
            self.snapshot.shares = routes.shares
        }
        do throws(AgentError) {
            if let loaded = try self.file.load() {
                self.snapshot = loaded
            } else if routes == nil, try DurableFile(settings.routesFile).read() != nil {
                throw AgentError(
                    "\(settings.routesFile) is damaged and there is no snapshot.json; the proxy keeps what it has. "
                        + "Move the file away to start with every geography at home"
                )
            }
        } catch {
            self.damage = error.description
        }
        for applied in self.snapshot.log { self.done[applied.fence.key] = applied.effect }
    }

    /// Highest accepted generation and epoch.
    var accepted: SnapshotMark { self.snapshot.accepted }

    /// What was really done, oldest first.
    var log: [AppliedEffect] { self.snapshot.log }

    /// Carries out one effect: durable on disk before the outcome is known to anybody, then handed to the proxy.
    func apply(_ request: EffectRequest) -> Outcome {
        if let damage = self.damage { return .refused(damage) }
        let fence = request.fence
        guard fence.epoch >= self.snapshot.epoch else {
            return .refused("epoch \(fence.epoch) is fenced: epoch \(self.snapshot.epoch) has been here (S14)")
        }
        var next = self.snapshot
        // Remembered even where the effect is refused: whoever proved a higher epoch has shut out those before.
        next.epoch = fence.epoch
        let outcome: Outcome
        if let earlier = self.done[fence.key] {
            outcome =
                earlier == request.effect ? .done : .refused("key \(fence.key) was already used for another effect")
        } else if let refusal = self.change(&next, request) {
            outcome = .refused(refusal)
        } else {
            next.log.append(.init(fence: fence, effect: request.effect))
            if next.log.count > EdgeSnapshot.logLimit { next.log.removeFirst(next.log.count - EdgeSnapshot.logLimit) }
            outcome = .done
        }
        guard next != self.snapshot else { return outcome }
        do { try self.file.save(next) } catch { return self.unsaved(next, error) }
        self.snapshot = next
        if let last = next.log.last { self.done[last.fence.key] = last.effect }
        _ = self.feed()
        return outcome
    }

    /// Writes the proxy's routes and clusters where they differ from the accepted snapshot; a sentence where it cannot.
    func feed() -> String? {
        if let damage = self.damage { return damage }
        do throws(AgentError) {
            try self.folder.writeClusters()
            // A geography that is new in the fleet file starts at home.
            var shares = self.settings.fleet.homeShares
            for (geography, vector) in self.snapshot.shares where shares[geography] != nil {
                shares[geography] = vector
            }
            try self.folder.writeRoutes(shares, generation: self.snapshot.mark.generation)
            return nil
        } catch {
            return error.description
        }
    }

    /// Nil where the effect is allowed and `next` has it.
    private func change(_ next: inout EdgeSnapshot, _ request: EffectRequest) -> String? {
        let region = self.settings.region
        if let asked = request.effect.region, asked != region {
            return "this is the agent of \(region), not of \(asked)"
        }
        switch request.effect {
        case .claimEdge: return nil
        case .publishEdge(_, let generation, let shares):
            guard generation > self.snapshot.mark.generation else {
                return "generation \(generation) is not above \(self.snapshot.mark.generation), which is accepted"
            }
            if let problem = self.problem(of: shares) { return problem }
            next.mark = .init(generation: generation, epoch: request.fence.epoch, key: request.fence.key)
            next.shares = shares
            return nil
        case .claimZone, .updateZone, .claimProvider, .freeze, .unfreeze, .detach, .attach, .start:
            return "an edge agent does not do this; send it to the zone or the provider"
        }
    }

    /// Checked where it is used, not only where it was made: whole, known, and inside residency (S04, S40).
    private func problem(of shares: ShareTable) -> String? {
        let fleet = self.settings.fleet
        for geography in fleet.geographies.keys where shares[geography] == nil {
            return "the snapshot says nothing about \(geography)"
        }
        for (geography, vector) in shares {
            guard let spec = fleet.geographies[geography] else { return "geography \(geography) is not in the fleet" }
            for region in vector.regions where !spec.allowed.contains(region) {
                return "\(region) may not serve \(geography) (S40)"
            }
        }
        return nil
    }

    /// After a failed write only the disk knows what is there; a failed sync is final (S43).
    private func unsaved(_ next: EdgeSnapshot, _ error: any Error) -> Outcome {
        if let found = try? self.found(), found == self.snapshot { return .failed("nothing was done: \(error)") }
        let damage = "\(error); restart the agent when the disk is well"
        self.damage = damage
        return .unknown(damage)
    }

    /// What a start from this disk would begin with.
    private func found() throws(AgentError) -> EdgeSnapshot {
        try self.file.load() ?? .initial(self.settings.fleet)
    }
}
