import LeewardModel
import LeewardProviders

/// What a host must still know after it was killed: written whole before any answer that depends on it.
struct HostState: Codable, Hashable, Sendable {
    var region: RegionID
    /// Rises with each start of the host, so that report sequences never go back.
    var incarnation: Int64
    var epoch = Epoch(0)
    var isFrozen = false
    var floors: SortedMap<ServiceID, Int> = [:]
    var nextSerial = 1
    var instances: [HostInstance] = []
    /// Every effect that was carried out, oldest first; the key of each is never carried out again.
    var log: [AppliedEffect] = []

    init(region: RegionID, incarnation: Int64) {
        self.region = region
        self.incarnation = incarnation
    }

    /// Enters new instances without starting them: their processes follow once this is on disk.
    mutating func add(
        _ count: Int,
        of service: ServiceID,
        to membership: Membership,
        warmUp: Int64,
        settings: HostSettings
    ) {
        for _ in 0..<count {
            let serial = self.nextSerial
            self.nextSerial += 1
            // .1 to .250, then the same addresses with the next port.
            let address = "\(settings.addressPrefix).\((serial - 1) % 250 + 1):\(settings.port + (serial - 1) / 250)"
            self.instances.append(
                .init(
                    id: InstanceID("\(self.region)-\(service)-\(serial)"),
                    service: service,
                    membership: membership,
                    address: address,
                    digest: settings.digest,
                    warmUp: warmUp
                )
            )
        }
    }
}

/// One instance in the registry.
struct HostInstance: Codable, Hashable, Sendable {
    /// On the way out by the autoscaler's decision: out of the live cluster, draining, then asked to end.
    enum Retirement: String, Codable, Hashable, Sendable { case draining, stopping }

    var id: InstanceID
    var service: ServiceID
    var membership: Membership
    var address: String
    var digest: String
    /// Milliseconds that its start takes.
    var warmUp: Int64
    /// Nil until it was started: a host that died in between starts or finds it later.
    var process: ProcessHandle?
    var retirement: Retirement?
}
