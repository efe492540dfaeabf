import LeewardModel

/// What one drill is asked to do.
struct DrillOptions: Hashable, Sendable {
    /// Nil evacuates the healthy region by an operator's command.
    var fault: LabFault?
    var region: RegionID
    var withShadow = true
    var withDaemon = true
    /// The region heals by itself after so many seconds.
    var blipSeconds: Int?
    /// How long a run without controller is watched, and how long cold starts may take.
    var watchSeconds = 120
    /// A planned drill goes on until so many requests were sent.
    var plannedRequests = 50_000
    var at = WeekTime.wednesdayEvening
    var seed: UInt64 = 1
    /// Run folder of the lab.
    var labFolder: String
    /// Folder by which the controller can be made to die at named points; nil: the points are off.
    var failpoints: String?
    /// Part of the usual users that there are; nil: all of them.
    var traffic: Double?
    /// Cold starts take so long where there is no dark stock.
    var coldStartSeconds = 90

    var isPlanned: Bool { self.fault == nil }
    var kind: String { self.fault?.rawValue ?? "planned" }
    /// Runs that end when users are well again, without the way back.
    var endsAtRecovery: Bool { !self.withShadow && !self.isPlanned }

    init(fault: LabFault?, region: RegionID, labFolder: String) {
        self.fault = fault
        self.region = region
        self.labFolder = labFolder
    }
}
