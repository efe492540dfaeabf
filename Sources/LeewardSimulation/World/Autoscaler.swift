import LeewardModel

/// The regions' own autoscalers: they shrink what is idle and grow what is busy, and obey a freeze and its floors.
///
/// This is what Leeward's freeze has to stop; it works the same without any controller.
struct Autoscaler: Sendable {
    /// Milliseconds between two looks.
    static let period: Int64 = 15_000
    private static let shrinkBelow = 0.35
    private static let growAbove = 0.75
    private static let aim = 0.55
    private static let minimum = 2
    /// Looks in a row before anything is done.
    private static let patience = 4

    /// By region times services plus service.
    private var idle: [Int]
    private var busy: [Int]
    /// Instances that autoscalers have ended, for the record.
    private(set) var ended = 0

    init(clusters: Int) {
        self.idle = Array(repeating: 0, count: clusters)
        self.busy = self.idle
    }

    /// One look at every cluster of a region.
    ///
    /// - Parameter load: Requests per second by service.
    mutating func look(
        at provider: inout ProviderState,
        load: [Double],
        capacity: [Double],
        readyAt: Int64,
        _ names: Names
    ) {
        for service in load.indices {
            let cell = provider.region * load.count + service
            let ready = provider.serving[service]
            guard ready > 0 else { continue }
            let use = load[service] / (Double(ready) * capacity[service])
            self.idle[cell] = use < Self.shrinkBelow ? self.idle[cell] + 1 : 0
            self.busy[cell] = use > Self.growAbove ? self.busy[cell] + 1 : 0
            if self.idle[cell] >= Self.patience {
                guard !provider.isFrozen else { continue }
                let spare = ready - max(Self.minimum, provider.floors[names.services[service]] ?? 0)
                if spare > 0 { self.shrink(&provider, service, by: min(spare, max(1, ready / 10))) }
            } else if self.busy[cell] >= Self.patience {
                let wanted = Int(load[service] / (Self.aim * capacity[service])) + 1
                let present = provider.count(service, .live)
                let missing = min(wanted - present, max(2, ready / 2))
                for _ in 0..<max(0, missing) { provider.add(service, to: .live, readyAt: readyAt) }
            }
        }
    }

    private mutating func shrink(_ provider: inout ProviderState, _ service: Int, by count: Int) {
        var left = count
        for index in provider.instances.indices.reversed() where left > 0 {
            guard provider.instances[index].service == service, provider.instances[index].membership == .live else {
                continue
            }
            provider.instances.remove(at: index)
            left -= 1
            self.ended += 1
        }
        provider.changed()
    }
}
