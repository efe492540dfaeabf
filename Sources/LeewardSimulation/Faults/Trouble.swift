import LeewardModel

/// What all faults of the moment add up to for one region.
struct RegionTrouble: Sendable, Equatable {
    /// One service that answers only a part of its requests well.
    struct Service: Sendable, Equatable {
        var index: Int
        var success: Double
    }

    var success = 1.0
    /// Services that are worse than the region.
    var services: [Service] = []
    var isHung = false
    var capacity = 1.0
    var isEdgeDown = false
    var isAgentSilent = false
    var coldStartsFail = 0.0
    /// Part of every instance that batch jobs take, 0...1.
    var batch = 0.0
    var telemetry: TelemetryFault?
    var listing: ListingFault?
    /// Indices of the regions that nothing from here reaches.
    var cutOff: [Int] = []
    var edgeCalls: [CallFault] = []
    var providerCalls: [CallFault] = []

    /// True where what was done is not seen for a while.
    var isListedLate: Bool { if case .late = self.listing { true } else { false } }
    /// Part of a service's requests that its instances answer well, 0...1.
    func success(of service: Int) -> Double {
        guard !self.services.isEmpty else { return self.success }
        return self.services.reduce(self.success) { $1.index == service ? min($0, $1.success) : $0 }
    }
    /// True where nobody hears the provider.
    var isProviderSilent: Bool { self.providerCalls.contains { $0 == .outage || $0 == .swallowed } }
    /// True where requests and probes from here get through to a region.
    func reaches(_ region: Int) -> Bool { !self.cutOff.contains(region) }
}

/// What all faults of the moment add up to for the whole world.
struct Trouble: Sendable {
    var regions: [RegionTrouble]
    /// Factor on each geography's users.
    var surge: [Double]
    var zoneCalls: [CallFault] = []
    var isStoreDown = false
    var isDelegationGone = false
    var isJournalRefusing = false
    /// Milliseconds that the metrics store's clock is ahead.
    var clockOff: Int64 = 0
    var silentServers: [Int] = []
    var staleServers: [Int] = []
    var storeFaults: [(StoreFault, Int?)] = []

    /// True where the store itself is away or has the wrong time.
    var isStoreLying: Bool { self.isStoreDown || self.clockOff != 0 }

    init(_ faults: [Fault], _ names: Names) {
        self.regions = Array(repeating: RegionTrouble(), count: names.regions.count)
        self.surge = Array(repeating: 1, count: names.geographies.count)
        for fault in faults { self.add(fault, names) }
    }

    private mutating func add(_ fault: Fault, _ names: Names) {
        switch fault {
        case .successRate(let region, let points): self.at(region, names) { $0.worsen(success: points) }
        case .successRateEverywhere(let points):
            for index in self.regions.indices { self.regions[index].worsen(success: points) }
        case .serviceRate(let service, let region, let points):
            guard let index = names.serviceIndex[service] else { return }
            let worse = RegionTrouble.Service(index: index, success: Double(points) / 10_000)
            for at in self.regions.indices where region.map({ names.regionIndex[$0] == at }) ?? true {
                self.regions[at].services.append(worse)
            }
        case .hang(let region): self.at(region, names) { $0.isHung = true }
        case .capacity(let region, let points):
            self.at(region, names) { $0.capacity = min($0.capacity, Double(points) / 10_000) }
        case .edgeDown(let region): self.at(region, names) { $0.isEdgeDown = true }
        case .agentSilent(let region): self.at(region, names) { $0.isAgentSilent = true }
        case .network(let region):
            self.at(region, names) {
                $0.isAgentSilent = true
                $0.edgeCalls.append(.swallowed)
                $0.providerCalls.append(.swallowed)
            }
        case .surge(let geography, let points):
            if let index = names.geographyIndex[geography] { self.surge[index] *= Double(points) / 10_000 }
        case .telemetry(.storeDown, _): self.isStoreDown = true
        case .telemetry(.clock(let ahead), _): self.clockOff = ahead
        case .telemetry(let kind, let region):
            for index in self.regions.indices where region.map({ names.regionIndex[$0] == index }) ?? true {
                self.regions[index].telemetry = kind
            }
        case .calls(.provider(let region), let kind): self.at(region, names) { $0.providerCalls.append(kind) }
        case .calls(.edge(let region), let kind): self.at(region, names) { $0.edgeCalls.append(kind) }
        case .calls(.zone, let kind): self.zoneCalls.append(kind)
        case .coldStartsFail(let region, let points):
            self.at(region, names) { $0.coldStartsFail = Double(points) / 10_000 }
        case .path(let from, let to):
            guard let target = names.regionIndex[to] else { return }
            self.at(from, names) { if !$0.cutOff.contains(target) { $0.cutOff.append(target) } }
        case .batch(let region, let points):
            self.at(region, names) { $0.batch = max($0.batch, Double(points) / 10_000) }
        case .listing(let region, let kind): self.at(region, names) { $0.listing = kind }
        case .delegationGone: self.isDelegationGone = true
        case .journalRefuses: self.isJournalRefusing = true
        case .nameServerSilent(let index): self.silentServers.append(index)
        case .nameServerStale(let index): self.staleServers.append(index)
        case .coordination(let kind, let controller): self.storeFaults.append((kind, controller))
        case .darkDefects, .freezeReverted, .deploy, .controllerKilled, .controllerClock, .controllerWall,
            .controllerPaused,
            .leaseLost:
            break
        }
    }

    private mutating func at(_ region: RegionID, _ names: Names, _ change: (inout RegionTrouble) -> Void) {
        guard let index = names.regionIndex[region] else { return }
        change(&self.regions[index])
    }
}

extension RegionTrouble {
    fileprivate mutating func worsen(success points: Int) {
        self.success = min(self.success, Double(points) / 10_000)
    }
}
