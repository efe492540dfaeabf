import LeewardEngine
import LeewardModel

/// S11: a list that is empty or breaks off is not "none": nothing is started in place of what is there and not listed.
struct ListIsNotNone: Oracle {
    /// Milliseconds for which the last whole list may still be gone by.
    static let fresh: Int64 = 7000
    private var targets: SortedMap<ClusterID, Int> = [:]
    private var oddSince: [Int64?] = []

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .opened: self.targets = [:]
        case .startTarget(_, let cluster, let count): self.targets[cluster] = count
        default: break
        }
    }

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let regions = scene.world.trouble.regions
        if self.oddSince.isEmpty { self.oddSince = Array(repeating: nil, count: regions.count) }
        for index in regions.indices {
            switch regions[index].listing {
            case .empty, .cutShort: self.oddSince[index] = self.oddSince[index] ?? scene.now
            case .late, .twice, nil: self.oddSince[index] = nil
            }
        }
    }

    func sent(_ call: Call, life: Int, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard case .start(let cluster, let count) = call.effect, let target = self.targets[cluster],
            let region = scene.world.names.regionIndex[cluster.region],
            let service = scene.world.names.serviceIndex[cluster.service],
            region < self.oddSince.count, let since = self.oddSince[region], scene.now - since > Self.fresh
        else { return }
        let present = scene.world.providers[region].instances.count {
            $0.service == service && $0.membership == .live && $0.state != .failed
        }
        guard present + count > target else { return }
        let text = "\(call.fence.key) starts \(count) beside \(present) that no list shows; \(target) are wanted"
        complaints.append(Complaint(rule: .s11, detail: text))
    }
}
