import LeewardModel

extension World {
    /// Does what a call asks, as the real receivers do: fence first, same key once, never a half.
    mutating func carryOut(_ effect: Effect, _ fence: Fence) -> Outcome {
        switch effect {
        case .claimEdge(let region): self.atEdge(region, fence) { $0.accepted.epoch = fence.epoch }
        case .publishEdge(let region, let generation, let shares):
            self.atEdge(region, fence) { edge in
                guard generation > edge.accepted.generation else { return }
                edge.accepted = SnapshotMark(generation: generation, epoch: fence.epoch, key: fence.key)
                edge.shares = shares
            }
        case .claimZone(let old):
            self.atZone(old, fence) { $0.marker?.epoch = fence.epoch }
        case .updateZone(let change):
            self.atZone(change.oldMarker, fence) { world in
                for (host, set) in change.sets {
                    if set.new.isEmpty { world.violations.append("S15: \(host) would be empty") }
                    if world.records[host] != set.old { world.violations.append("S15: \(host) was not \(set.old)") }
                    world.records[host] = set.new
                }
                world.marker = SnapshotMark(generation: change.newGeneration, epoch: fence.epoch, key: fence.key)
            }
        case .claimProvider(let region): self.atProvider(region, fence) { _, _ in }
        case .freeze(let region, let floors):
            self.atProvider(region, fence) { provider, _ in
                provider.isFrozen = true
                provider.floors = floors
            }
        case .unfreeze(let region):
            self.atProvider(region, fence) { provider, _ in
                provider.isFrozen = false
                provider.floors = [:]
            }
        case .detach(let cluster, let ids, let from): self.move(cluster, ids, from, .none, fence)
        case .attach(let cluster, let ids, let to): self.move(cluster, ids, .none, to, fence)
        case .start(let cluster, let count):
            self.atProvider(cluster.region, fence) { provider, now in
                for _ in 0..<count {
                    let id = InstanceID("\(cluster.region)-\(cluster.service)-cold\(provider.instances.count)")
                    provider.startedAt[id] = now
                    provider.instances.append(
                        InstanceReport(
                            id: id,
                            service: cluster.service,
                            membership: .live,
                            state: .starting,
                            address: "127.0.0.1:1",
                            digest: "v1"
                        )
                    )
                }
            }
        }
    }

    private mutating func move(
        _ cluster: ClusterID,
        _ ids: [InstanceID],
        _ from: Membership,
        _ to: Membership,
        _ fence: Fence
    ) -> Outcome {
        let own = (self.providers[cluster.region]?.instances ?? []).filter { ids.contains($0.id) }
        guard self.applied.contains(fence.key) || own.allSatisfy({ $0.membership == from }) else {
            self.violations.append("S10: \(ids) are not all in \(from)")
            return .refused("not all are in \(from)")
        }
        return self.atProvider(cluster.region, fence) { provider, _ in
            for index in provider.instances.indices where ids.contains(provider.instances[index].id) {
                provider.instances[index].membership = to
            }
        }
    }

    private mutating func atEdge(_ region: RegionID, _ fence: Fence, _ change: (inout Edge) -> Void) -> Outcome {
        guard var edge = self.edges[region], edge.isUp else { return .failed("connection refused") }
        if edge.refuses {
            self.refusals += 1
            return .refused("not now")
        }
        guard fence.epoch >= edge.accepted.epoch else { return .refused("epoch \(edge.accepted.epoch) is higher") }
        guard !self.applied.contains(fence.key) else { return .done }
        change(&edge)
        self.edges[region] = edge
        self.applied.append(fence.key)
        return .done
    }

    private mutating func atProvider(
        _ region: RegionID,
        _ fence: Fence,
        _ change: (inout Provider, Timestamp) -> Void
    ) -> Outcome {
        guard var provider = self.providers[region], provider.isUp else { return .failed("connection refused") }
        guard fence.epoch >= provider.epoch else { return .refused("epoch \(provider.epoch) is higher") }
        provider.epoch = fence.epoch
        if !self.applied.contains(fence.key) {
            change(&provider, self.now)
            self.applied.append(fence.key)
        }
        self.providers[region] = provider
        return .done
    }

    private mutating func atZone(_ old: SnapshotMark?, _ fence: Fence, _ change: (inout World) -> Void) -> Outcome {
        if self.marker?.key == fence.key { return .done }
        guard self.marker == old else { return .refused("the marker is \(String(describing: self.marker))") }
        change(&self)
        self.applied.append(fence.key)
        return .done
    }
}
