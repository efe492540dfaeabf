import LeewardModel

/// One region's capacity provider: its instances, its fence, its freeze.
struct ProviderState: Sendable {
    /// One instance, wherever it is a member.
    struct Instance: Sendable {
        var id: InstanceID
        var service: Int
        var membership: Membership
        var state: InstanceReport.State
        /// Milliseconds; when a starting one becomes ready, or fails.
        var readyAt: Int64
        var fails = false
        /// The image: the count of deploys of its service that it contains.
        var version: Int
    }

    let region: Int
    var epoch = Epoch(0)
    var isFrozen = false
    var floors: SortedMap<ServiceID, Int> = [:]
    var instances: [Instance] = []
    var sequence: Int64 = 0
    var done: [EffectKey: Effect] = [:]
    /// Live and ready instances by service; what the edge has as endpoints.
    private(set) var serving: [Int]
    /// The present image by service.
    var versions: [Int]
    /// When the next starting instance is due, in milliseconds.
    private(set) var nextBoot = Int64.max
    /// Listings are made again only after something changed.
    private(set) var listing: [InstanceReport] = []
    private(set) var endpoints: SortedMap<ServiceID, [InstanceID]> = [:]
    private var isListed = false
    private var named = 0

    init(region: Int, services: Int) {
        self.region = region
        self.serving = Array(repeating: 0, count: services)
        self.versions = Array(repeating: 1, count: services)
    }

    mutating func add(_ service: Int, to membership: Membership, readyAt: Int64?, fails: Bool = false) {
        self.instances.append(
            Instance(
                id: InstanceID("i\(self.region)-\(service)-\(self.named)"),
                service: service,
                membership: membership,
                state: readyAt == nil ? .ready : .starting,
                readyAt: readyAt ?? 0,
                fails: fails,
                version: self.versions[service]
            )
        )
        self.named += 1
        // Counting all of them again for each one would take most of a large world's start.
        if membership == .live, readyAt == nil { self.serving[service] += 1 }
        if let readyAt { self.nextBoot = min(self.nextBoot, readyAt) }
        self.isListed = false
    }

    /// Instances whose boot is over become ready, or fail.
    mutating func boot(by now: Int64) {
        guard self.nextBoot <= now else { return }
        for index in self.instances.indices
        where self.instances[index].state == .starting && self.instances[index].readyAt <= now {
            self.instances[index].state = self.instances[index].fails ? .failed : .ready
        }
        self.changed()
    }

    /// Counts again; call after every change of `instances`.
    mutating func changed() {
        for service in self.serving.indices { self.serving[service] = 0 }
        self.nextBoot = .max
        for instance in self.instances {
            if instance.membership == .live, instance.state == .ready { self.serving[instance.service] += 1 }
            if instance.state == .starting { self.nextBoot = min(self.nextBoot, instance.readyAt) }
        }
        self.isListed = false
    }

    /// Brings `listing` and `endpoints` up to date.
    mutating func list(_ names: Names) {
        guard !self.isListed else { return }
        self.isListed = true
        var byService: [[InstanceID]] = Array(repeating: [], count: names.services.count)
        self.listing = self.instances.map { instance in
            if instance.membership == .live, instance.state == .ready {
                byService[instance.service].append(instance.id)
            }
            return InstanceReport(
                id: instance.id,
                service: names.services[instance.service],
                membership: instance.membership,
                state: instance.state,
                address: "127.0.0.1:1",
                digest: "v\(instance.version)"
            )
        }
        self.endpoints = names.serviceIndex.mapValues { byService[$0] }
    }

    func count(_ service: Int, _ membership: Membership) -> Int {
        self.instances.reduce(0) {
            $0 + ($1.service == service && $1.membership == membership && $1.state != .failed ? 1 : 0)
        }
    }
}
