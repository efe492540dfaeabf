import LeewardModel
import NIOCore
import NIOPosix

/// The open loop: every request has a moment at which it is due, whatever became of the ones before.
///
/// Lives on one event loop, which makes it free of locks; all moments are nanoseconds of that loop's clock.
final class Load {
    /// Requests due within one such step leave together: fewer wake-ups, and at most this much added latency.
    private static let step = TimeAmount.milliseconds(4)

    var ledger: ClientLedger
    private(set) var openConnections = 0
    var waiting: Int { self.flights.count - self.firstFlight - self.decidedAhead }

    let settings: ClientSettings
    let loop: any EventLoop
    let resolver: StubResolver
    private let onSecond: @Sendable (ClientSecond) -> Void
    private let requests: [[ByteBuffer]]
    private let users: [[ClientUser]]
    private let serviceBounds: [Int]
    private let timeout: UInt64
    var targets: [String: Target] = [:]
    var random: SplitMix
    private var start: UInt64 = 0
    private var issued: [Int]
    private var isIssuing = true
    private var sweptSecond = 0
    /// In due order; those before `firstFlight` are decided.
    private var flights: [Flight] = []
    private var firstFlight = 0
    private var decidedAhead = 0

    init(
        settings: ClientSettings,
        start: WallTime,
        loop: any EventLoop,
        resolver: StubResolver,
        onSecond: @escaping @Sendable (ClientSecond) -> Void
    ) {
        self.settings = settings
        self.loop = loop
        self.resolver = resolver
        self.onSecond = onSecond
        self.ledger = ClientLedger(
            start: start,
            entries: settings.entries.map(\.region),
            geographies: settings.geographies.map(\.id),
            timeout: settings.timeout
        )
        self.requests = settings.geographies.map { geography in
            settings.services.map { Self.bytes(host: geography.host, path: $0.path, token: settings.token) }
        }
        self.users = settings.geographies.indices.map { geography in
            (0..<settings.usersPerGeography).map { index in
                let part = settings.ignoringTTL
                let ignores = (index + 1) * part / 10_000 > index * part / 10_000
                return ClientUser(geography: geography, honoursTTL: !ignores)
            }
        }
        var bound = 0
        self.serviceBounds = settings.services.map {
            bound += $0.weight
            return bound
        }
        self.timeout = UInt64(settings.timeout.milliseconds) * 1_000_000
        self.random = SplitMix(state: settings.seed)
        self.issued = settings.geographies.map { _ in 0 }
    }

    /// Second zero begins now.
    func begin() {
        self.start = NIODeadline.now().uptimeNanoseconds
        self.tick()
    }

    /// Issues nothing more; what is in flight is answered or given up.
    func stopIssuing() { self.isIssuing = false }

    func connectionOpened() { self.openConnections += 1 }
    func connectionClosed() { self.openConnections -= 1 }

    func request(for flight: Flight) -> ByteBuffer { self.requests[flight.user.geography][flight.service] }

    /// Closes all seconds and connections; to be called when nothing waits.
    func end() {
        let now = NIODeadline.now().uptimeNanoseconds
        for second in self.ledger.finish(before: Int((now - self.start) / 1_000_000_000) + 1) { self.onSecond(second) }
        for user in self.users.joined() { user.closeIdle { _ in true } }
        self.resolver.close()
    }

    /// Counts how a request ended; the first word stands.
    func decide(_ flight: Flight, _ outcome: ClientOutcome) {
        guard !flight.isDecided else { return }
        flight.isDecided = true
        flight.connection = nil
        self.decidedAhead += 1
        let now = NIODeadline.now().uptimeNanoseconds
        let elapsed = now > flight.due ? now - flight.due : 0
        var outcome = outcome
        // An answer that came too late is none.
        if elapsed > self.timeout { outcome = .failed("timeout") }
        self.ledger.note(
            outcome,
            second: flight.second,
            geography: flight.user.geography,
            entry: flight.target?.region,
            honoursTTL: flight.user.honoursTTL,
            microseconds: elapsed / 1000
        )
    }

    private func tick() {
        let now = NIODeadline.now().uptimeNanoseconds
        if self.isIssuing {
            for geography in self.settings.geographies.indices { self.issue(geography, now: now) }
        } else if self.waiting == 0 {
            return
        }
        self.resolver.tick(now: now)
        self.giveUp(now: now)
        let second = Int((now - self.start) / 1_000_000_000)
        if second > self.sweptSecond {
            self.sweptSecond = second
            let limit = now - min(now, UInt64(self.settings.maxIdle.milliseconds) * 1_000_000)
            for user in self.users.joined() { user.closeIdle { $0.idleSince < limit } }
        }
        // All requests of a second are decided one timeout after its end.
        let decided = now - self.start
        if decided > self.timeout {
            for second in self.ledger.finish(before: Int((decided - self.timeout) / 1_000_000_000)) {
                self.onSecond(second)
            }
        }
        self.loop.assumeIsolated().scheduleTask(in: Self.step) { self.tick() }
    }

    private func issue(_ geography: Int, now: UInt64) {
        let rate = UInt64(self.settings.geographies[geography].requestsPerSecond)
        let offset = UInt64(geography) * 1_000_000_000 / rate / UInt64(self.settings.geographies.count)
        while true {
            let sinceStart = offset + UInt64(self.issued[geography]) * 1_000_000_000 / rate
            guard self.start + sinceStart <= now else { return }
            let users = self.users[geography]
            let flight = Flight(
                user: users[self.issued[geography] % users.count],
                service: self.chooseService(),
                due: self.start + sinceStart,
                second: Int(sinceStart / 1_000_000_000)
            )
            self.issued[geography] += 1
            self.flights.append(flight)
            self.ledger.noteDue(
                second: flight.second,
                geography: geography,
                honoursTTL: flight.user.honoursTTL
            )
            self.route(flight, now: now)
        }
    }

    private func giveUp(now: UInt64) {
        while self.firstFlight < self.flights.count {
            let flight = self.flights[self.firstFlight]
            if flight.isDecided {
                self.decidedAhead -= 1
            } else if flight.due + self.timeout < now {
                let connection = flight.connection
                self.decide(flight, .failed("timeout"))
                connection?.abort()
                self.decidedAhead -= 1
            } else {
                break
            }
            self.firstFlight += 1
        }
        if self.firstFlight > 4096 {
            self.flights.removeFirst(self.firstFlight)
            self.firstFlight = 0
        }
    }

    private func chooseService() -> Int {
        let point = Int(self.random.next() % UInt64(max(self.serviceBounds.last ?? 1, 1)))
        return self.serviceBounds.firstIndex { point < $0 } ?? 0
    }

    private static func bytes(host: String, path: String, token: String?) -> ByteBuffer {
        var text = "GET \(path) HTTP/1.1\r\nhost: \(host)\r\nuser-agent: leeward-lab\r\naccept: */*\r\n"
        if let token { text += "authorization: Bearer \(token)\r\n" }
        return ByteBuffer(string: text + "\r\n")
    }
}
