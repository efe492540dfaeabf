import LeewardModel

extension ProviderState {
    /// What a start brings: when the new instances are ready, and which of them fail.
    struct Boot {
        var readyAt: Int64
        var fails: (Int) -> Bool
    }

    /// Does what it is asked as the real provider does: fence first, the same key once, never a half.
    mutating func apply(
        _ effect: Effect,
        _ fence: Fence,
        _ names: Names,
        _ boot: Boot,
        _ checks: Receivers
    ) -> Outcome {
        guard fence.epoch >= self.epoch || !checks.stands(.providerFence) else {
            return .refused("epoch \(fence.epoch) is fenced: epoch \(self.epoch) has been here (S14)")
        }
        self.epoch = fence.epoch
        if checks.stands(.providerKeys), let earlier = self.done[fence.key] {
            return earlier == effect ? .done : .refused("key \(fence.key) was already used for another effect")
        }
        if let refusal = self.change(effect, names, boot) { return .refused(refusal) }
        self.done[fence.key] = effect
        return .done
    }

    private mutating func change(_ effect: Effect, _ names: Names, _ boot: Boot) -> String? {
        switch effect {
        case .claimProvider: return nil
        case .freeze(_, let floors):
            self.isFrozen = true
            self.floors = floors
            return nil
        case .unfreeze:
            self.thaw()
            return nil
        case .detach(let cluster, let ids, let from):
            return self.move(names.serviceIndex[cluster.service], ids, from: from, to: .none, names)
        case .attach(let cluster, let ids, let to):
            return self.move(names.serviceIndex[cluster.service], ids, from: .none, to: to, names)
        case .start(let cluster, let count):
            guard let service = names.serviceIndex[cluster.service] else { return "\(cluster) does not run here" }
            for index in 0..<count {
                self.add(service, to: .live, readyAt: boot.readyAt, fails: boot.fails(index))
            }
            return nil
        case .claimEdge, .publishEdge, .claimZone, .updateZone: return "a capacity provider does not do this"
        }
    }

    /// Scale-down is given back; also what another actor does behind everybody's back.
    mutating func thaw() {
        self.isFrozen = false
        self.floors = [:]
    }

    private mutating func move(
        _ service: Int?,
        _ ids: [InstanceID],
        from: Membership,
        to: Membership,
        _ names: Names
    ) -> String? {
        guard let service, !ids.isEmpty else { return "no such service, or nobody to move" }
        var indices: [Int] = []
        for id in ids {
            guard let index = self.instances.firstIndex(where: { $0.id == id && $0.service == service }) else {
                return "\(id) does not exist"
            }
            guard self.instances[index].membership == from else { return "\(id) is not in \(from.rawValue)" }
            if to == .live, self.instances[index].state == .failed { return "\(id) has ended and cannot serve" }
            indices.append(index)
        }
        if from == .live, let floor = self.floors[names.services[service]],
            self.count(service, .live) - indices.count < floor
        {
            return "fewer than the floor of \(floor) live instances of \(names.services[service]) would remain"
        }
        for index in indices { self.instances[index].membership = to }
        self.changed()
        return nil
    }
}
