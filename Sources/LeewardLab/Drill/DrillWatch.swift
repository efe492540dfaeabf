import Foundation
import LeewardModel
import LeewardProviders

/// What a drill sees at this moment.
struct DrillView: Sendable {
    var time: WallTime
    var daemon: DaemonStatus?
    /// By proxy.
    var tables: SortedMap<RegionID, ObservedShares> = [:]
    var shares: ObservedShares = [:]
    var injected = 0
    /// Finished seconds since the load began.
    var timeline: [ClientSecond] = []
    /// The controller has acted in this drill; what ended before it is not shown.
    var phase: String { self.daemon?.phase ?? "" }

    /// Requests of the last so many finished seconds.
    func recent(_ seconds: Int) -> RequestTally {
        self.timeline.suffix(seconds).reduce(.init()) { $0 + $1.total }
    }

    /// Each of the last so many finished seconds had at least 99.9 % good requests.
    func isGood(for seconds: Int) -> Bool {
        self.timeline.count >= seconds
            && self.timeline.suffix(seconds).allSatisfy {
                $0.total.due > 0 && $0.total.good * 1000 >= $0.total.due * 999
            }
    }
}

/// Reads everything twice a second, keeps the samples for the report, and shows the progress.
actor DrillWatch {
    private let lab: Lab
    private let link: DaemonLink?
    private let clients: ClientControl
    private let screen: DrillScreen
    private(set) var view: DrillView
    private(set) var samples: [DrillSample] = []
    /// Entry addresses as the authoritative server gave them, each time that they changed.
    private(set) var addresses: [SortedMap<GeographyID, [String]>] = []
    private var dark: Set<InstanceID> = []
    private var polls = 0

    init(lab: Lab, link: DaemonLink?, screen: DrillScreen) {
        self.lab = lab
        self.link = link
        self.clients = ClientControl(lab.clientsEndpoint)
        self.screen = screen
        self.view = DrillView(time: .now)
    }

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await self.poll()
            self.screen.show(self.view)
            try? await Task.sleep(for: .milliseconds(400))
        }
    }

    /// What is dark now counts as injected when it becomes live.
    func noteDark() async {
        for report in await self.lab.allCapacity() {
            for instance in report.instances where instance.membership == .shadow { self.dark.insert(instance.id) }
        }
    }

    /// Returns when `isMet` says yes; throws with `what` and what was last seen when the time is over.
    func wait(_ what: String, within limit: Duration, until isMet: @Sendable (DrillView) -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while !isMet(self.view) {
            guard ContinuousClock.now < deadline else {
                let seen = self.view.daemon.map { " (\($0.status.waiting ?? $0.status.reason))" } ?? ""
                throw LabError("\(what) did not come within \(limit.components.seconds) s\(seen)")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Reads once more what the report needs; again for a few seconds while a proxy does not answer.
    func refresh() async {
        for _ in 0..<10 {
            await self.poll()
            if self.view.tables.count == self.lab.fleet.regions.count { return }
            try? await Task.sleep(for: .milliseconds(400))
        }
    }

    private func poll() async {
        self.polls += 1
        async let tables = self.lab.loadedShares()
        async let daemon = self.link?.status()
        async let seconds = try? self.clients.timeline(from: self.view.timeline.count)
        // Listing fifty instances and asking four names is too dear for twice a second.
        let isWhole = self.polls % 2 == 1
        async let reports = isWhole ? self.lab.allCapacity() : []
        if isWhole {
            let lab = self.lab
            let found = await Task.detached { lab.authoritativeAddresses() }.value
            let isRead = found.values.allSatisfy { !$0.isEmpty }
            if isRead, found != self.addresses.last { self.addresses.append(found) }
        }
        var fresh: [ClientSecond] = []
        var view = self.view
        view.tables = await tables
        view.shares = self.lab.shares(from: view.tables)
        view.daemon = await daemon ?? nil
        // Two readings may overlap; a second is taken once.
        for second in await seconds ?? [] where second.start > self.view.timeline.last?.start ?? .init(milliseconds: 0)
        {
            fresh.append(second)
        }
        view.timeline = self.view.timeline + fresh
        if isWhole {
            view.injected = await reports.reduce(0) { sum, report in
                sum + report.instances.count { $0.membership == .live && self.dark.contains($0.id) }
            }
        } else {
            _ = await reports
        }
        view.time = .now
        self.view = view
        self.samples.append(
            DrillSample(
                time: view.time,
                phase: view.phase,
                verdict: view.daemon?.status.verdict.description ?? "",
                reason: view.daemon?.status.reason ?? "",
                shares: view.shares,
                injected: view.injected
            )
        )
    }
}

extension WallTime {
    /// This machine's wall clock.
    static var now: WallTime { .init(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
