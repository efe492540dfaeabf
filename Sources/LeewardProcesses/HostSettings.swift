public import LeewardModel

/// Everything a region's process host needs to know; `Codable`, so that a launcher can hand it over as a file.
public struct HostSettings: Codable, Hashable, Sendable {
    public var region: RegionID
    /// Path of the Unix socket (mode 0600) where the host answers.
    public var socket: String
    /// Folder of this host alone: its state file, and a ready file and a log of each instance.
    public var runFolder: String
    /// Path of `leeward-lab-instance`.
    public var instanceExecutable: String
    /// First three numbers of the loopback addresses that instances get: "127.31.1".
    public var addressPrefix: String
    /// Port on which instances listen, each on an address of its own; hosts with the same prefix need ports that are
    /// 100 apart, because every 250 instances take the next one.
    public var port: Int
    /// Instances end by themselves within a second when this file disappears; nil leaves them alone.
    public var parentFile: String?
    /// Instances read their fault from this file (`none`, `backends-down`, `brownout`, `hang`); missing means none.
    public var faultFile: String?
    /// Image and configuration of the instances that this host starts.
    public var digest: String
    /// Milliseconds from a cold start to the first answer.
    public var coldStart: Int64
    /// The same for the instances that are there from the beginning.
    public var initialWarmUp: Int64
    public var services: SortedMap<ServiceID, HostedService>
    /// More instances than this are never run at once, whoever asks.
    public var maximumInstances: Int
    public var autoscaler: AutoscalerSettings
    /// Whether a graceful end of the host ends its instances too; killing the host never does.
    public var stopInstancesOnExit: Bool

    public init(
        region: RegionID,
        socket: String,
        runFolder: String,
        instanceExecutable: String,
        addressPrefix: String,
        port: Int = 9000,
        parentFile: String? = nil,
        faultFile: String? = nil,
        digest: String = "1",
        coldStart: Int64 = 90_000,
        initialWarmUp: Int64 = 0,
        services: SortedMap<ServiceID, HostedService>,
        maximumInstances: Int = 500,
        autoscaler: AutoscalerSettings = .init(),
        stopInstancesOnExit: Bool = false
    ) {
        self.region = region
        self.socket = socket
        self.runFolder = runFolder
        self.instanceExecutable = instanceExecutable
        self.addressPrefix = addressPrefix
        self.port = port
        self.parentFile = parentFile
        self.faultFile = faultFile
        self.digest = digest
        self.coldStart = coldStart
        self.initialWarmUp = initialWarmUp
        self.services = services
        self.maximumInstances = maximumInstances
        self.autoscaler = autoscaler
        self.stopInstancesOnExit = stopInstancesOnExit
    }

    var stateFile: String { self.runFolder + "/host.json" }
    var lockFile: String { self.runFolder + "/host.lock" }
    static func instanceFolder(_ runFolder: String) -> String { runFolder + "/instances" }
    func readyFile(_ id: InstanceID) -> String { Self.instanceFolder(self.runFolder) + "/\(id).ready" }
    func logFile(_ id: InstanceID) -> String { Self.instanceFolder(self.runFolder) + "/\(id).log" }
}

/// A service as one region's host runs it.
public struct HostedService: Codable, Hashable, Sendable {
    /// Requests per second that one instance carries, and enforces.
    public var capacity: Int
    /// Instances of the live cluster when the host has no state yet.
    public var live: Int
    /// Instances of the shadow cluster when the host has no state yet.
    public var shadow: Int
    /// The autoscaler grows the live cluster up to this number; nil: it never grows it.
    public var maximum: Int?
    public init(capacity: Int, live: Int, shadow: Int, maximum: Int? = nil) {
        self.capacity = capacity
        self.live = live
        self.shadow = shadow
        self.maximum = maximum
    }
}

/// When the region's own autoscaler acts.
public struct AutoscalerSettings: Codable, Hashable, Sendable {
    public var isOn: Bool
    /// Time between two looks.
    public var period: Span
    /// Utilisation of the live cluster below which it is too big.
    public var shrinkBelow: Double
    /// Utilisation of the live cluster above which it is too small.
    public var growAbove: Double
    /// How long either must last without a gap.
    public var sustained: Span
    /// One instance at a time, with this much between two.
    public var shrinkEvery: Span
    /// A live cluster is never shrunk below this number.
    public var minimum: Int
    /// How long an instance that left the live cluster still serves before it is asked to end.
    public var drain: Span
    /// Whether a live instance that died is replaced by a cold start.
    public var replacesDead: Bool
    public init(
        isOn: Bool = true,
        period: Span = .seconds(1),
        shrinkBelow: Double = 0.30,
        growAbove: Double = 0.75,
        sustained: Span = .seconds(10),
        shrinkEvery: Span = .seconds(3),
        minimum: Int = 1,
        drain: Span = .seconds(3),
        replacesDead: Bool = false
    ) {
        self.isOn = isOn
        self.period = period
        self.shrinkBelow = shrinkBelow
        self.growAbove = growAbove
        self.sustained = sustained
        self.shrinkEvery = shrinkEvery
        self.minimum = minimum
        self.drain = drain
        self.replacesDead = replacesDead
    }
}
