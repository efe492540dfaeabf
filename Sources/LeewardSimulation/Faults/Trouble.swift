import LeewardModel

/// What all faults of the moment add up to for one region.
struct RegionTrouble: Sendable, Equatable {
    var success = 1.0
    var isHung = false
    var capacity = 1.0
    var isEdgeDown = false
    var isAgentSilent = false
    var coldStartsFail = 0.0
    var telemetry: TelemetryFault?
    var edgeCalls: [CallFault] = []
    var providerCalls: [CallFault] = []

}

/// What all faults of the moment add up to for the whole world.
struct Trouble: Sendable {
    var regions: [RegionTrouble]
    /// Factor on each geography's users.
    var surge: [Double]
    var zoneCalls: [CallFault] = []
    var isStoreDown = false
    var silentServers: [Int] = []
    var staleServers: [Int] = []

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
        case .hang(let region): self.at(region, names) { $0.isHung = true }
        case .capacity(let region, let points):
            self.at(region, names) { $0.capacity = min($0.capacity, Double(points) / 10_000) }
        case .edgeDown(let region): self.at(region, names) { $0.isEdgeDown = true }
        case .agentSilent(let region): self.at(region, names) { $0.isAgentSilent = true }
        case .surge(let geography, let points):
            if let index = names.geographyIndex[geography] { self.surge[index] *= Double(points) / 10_000 }
        case .telemetry(.storeDown, _): self.isStoreDown = true
        case .telemetry(let kind, let region):
            for index in self.regions.indices where region.map({ names.regionIndex[$0] == index }) ?? true {
                self.regions[index].telemetry = kind
            }
        case .calls(.provider(let region), let kind): self.at(region, names) { $0.providerCalls.append(kind) }
        case .calls(.edge(let region), let kind): self.at(region, names) { $0.edgeCalls.append(kind) }
        case .calls(.zone, let kind): self.zoneCalls.append(kind)
        case .coldStartsFail(let region, let points):
            self.at(region, names) { $0.coldStartsFail = Double(points) / 10_000 }
        case .nameServerSilent(let index): self.silentServers.append(index)
        case .nameServerStale(let index): self.staleServers.append(index)
        case .darkDefects, .freezeReverted, .deploy, .controllerKilled: break
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
