import LeewardModel
import LeewardProviders

/// What an effect does to the state; decides everything, touches nothing.
struct HostLedger {
    let settings: HostSettings
    /// Instances whose process is gone.
    let failed: Set<InstanceID>

    /// A refusal in one sentence.
    struct Refusal: Error { var reason: String }

    /// The outcome, and the state that must be on disk before it is told.
    func apply(_ request: EffectRequest, to state: HostState) -> (outcome: Outcome, state: HostState) {
        let fence = request.fence
        guard fence.epoch >= state.epoch else {
            return (.refused("epoch \(fence.epoch) is fenced: epoch \(state.epoch) has been here"), state)
        }
        var next = state
        // Remembered even where the effect is refused: whoever proved a higher epoch has shut out those before.
        next.epoch = fence.epoch
        if let earlier = state.log.first(where: { $0.fence.key == fence.key }) {
            guard earlier.effect == request.effect else {
                return (.refused("key \(fence.key) was already used for another effect"), next)
            }
            return (.done, next)
        }
        do throws(Refusal) {
            var applied = next
            try self.change(&applied, by: request.effect)
            applied.log.append(.init(fence: fence, effect: request.effect))
            return (.done, applied)
        } catch {
            return (.refused(error.reason), next)
        }
    }

    private func change(_ state: inout HostState, by effect: Effect) throws(Refusal) {
        if let region = effect.region, region != state.region {
            throw .init(reason: "this is the provider of \(state.region), not of \(region)")
        }
        switch effect {
        case .claimProvider: break
        case .freeze(_, let floors): try self.freeze(&state, floors: floors)
        case .unfreeze:
            state.isFrozen = false
            state.floors = [:]
        case .detach(let cluster, let ids, let from): try self.detach(&state, cluster.service, ids, from: from)
        case .attach(let cluster, let ids, let to): try self.attach(&state, cluster.service, ids, to: to)
        case .start(let cluster, let count): try self.start(&state, cluster.service, count: count)
        case .claimEdge, .publishEdge, .claimZone, .updateZone:
            throw .init(reason: "a capacity provider does not do this; send it to the agent or the zone")
        }
    }

    private func freeze(_ state: inout HostState, floors: SortedMap<ServiceID, Int>) throws(Refusal) {
        for (service, floor) in floors {
            try self.requireKnown(service)
            guard floor >= 0 else { throw .init(reason: "floor \(floor) of \(service) is negative") }
        }
        state.isFrozen = true
        state.floors = floors
        // A scale-down that has not reached the process yet is taken back.
        for index in state.instances.indices where state.instances[index].retirement == .draining {
            state.instances[index].retirement = nil
            state.instances[index].membership = .live
        }
    }

    private func detach(
        _ state: inout HostState,
        _ service: ServiceID,
        _ ids: [InstanceID],
        from: Membership
    ) throws(Refusal) {
        guard from != .none else { throw .init(reason: "instances in no cluster cannot be detached") }
        let indices = try self.indices(of: ids, of: service, in: state)
        try self.require(from, of: indices, in: state)
        if from == .live, let floor = state.floors[service] {
            let remaining = state.instances.indices.count {
                let instance = state.instances[$0]
                return instance.service == service && instance.membership == .live && !indices.contains($0)
                    && !self.failed.contains(instance.id)
            }
            guard remaining >= floor else {
                throw .init(reason: "\(remaining) live instances of \(service) would remain, the floor is \(floor)")
            }
        }
        for index in indices { state.instances[index].membership = .none }
    }

    private func attach(
        _ state: inout HostState,
        _ service: ServiceID,
        _ ids: [InstanceID],
        to: Membership
    ) throws(Refusal) {
        guard to != .none else { throw .init(reason: "attach needs a cluster; detach takes instances out of one") }
        let indices = try self.indices(of: ids, of: service, in: state)
        try self.require(.none, of: indices, in: state)
        if to == .live {
            let dead = indices.map { state.instances[$0].id }.filter(self.failed.contains)
            guard dead.isEmpty else { throw .init(reason: "\(self.list(dead)) has ended and cannot serve") }
        }
        for index in indices { state.instances[index].membership = to }
    }

    private func start(_ state: inout HostState, _ service: ServiceID, count: Int) throws(Refusal) {
        try self.requireKnown(service)
        let room = self.settings.maximumInstances - state.instances.count
        guard (1...max(1, room)).contains(count), room > 0 else {
            throw .init(reason: "\(count) more instances: there is room for \(max(0, room))")
        }
        state.add(count, of: service, to: .live, warmUp: self.settings.coldStart, settings: self.settings)
    }

    private func requireKnown(_ service: ServiceID) throws(Refusal) {
        guard self.settings.services[service] != nil else {
            throw .init(reason: "service \(service) does not run here")
        }
    }

    private func indices(
        of ids: [InstanceID],
        of service: ServiceID,
        in state: HostState
    ) throws(Refusal) -> [Int] {
        try self.requireKnown(service)
        guard !ids.isEmpty, Set(ids).count == ids.count else {
            throw .init(reason: "name at least one instance, and none twice")
        }
        var indices: [Int] = []
        var unknown: [InstanceID] = []
        for id in ids {
            let found = state.instances.firstIndex { $0.id == id && $0.service == service && $0.retirement == nil }
            if let found { indices.append(found) } else { unknown.append(id) }
        }
        guard unknown.isEmpty else {
            throw .init(reason: "\(self.list(unknown)): no such instance of \(service), or it is being retired")
        }
        return indices
    }

    private func require(_ wanted: Membership, of indices: [Int], in state: HostState) throws(Refusal) {
        let others = indices.map { state.instances[$0] }.filter { $0.membership != wanted }
        guard others.isEmpty else {
            let found = others.map { "\($0.id) (\(Self.name($0.membership)))" }.joined(separator: ", ")
            throw .init(reason: "not in \(Self.name(wanted)): \(found)")
        }
    }

    private static func name(_ membership: Membership) -> String {
        membership == .none ? "no cluster" : membership.rawValue
    }

    private func list(_ ids: [InstanceID]) -> String { ids.map(\.text).joined(separator: ", ") }
}
