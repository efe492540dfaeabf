import Glibc

/// The one loop: housekeeping, due answers, sockets.
///
/// poll(2) instead of epoll, which Swift's Glibc module does not have; an instance talks to a few proxies only.
final class Server {
    static let connectionLimit = 800
    private static let housekeepingEvery: Int64 = 50_000

    private let settings: Settings
    private let seed: UInt64
    private let started = monotonicNow()
    private var listener: Listener
    private var connections: [UInt64: Connection] = [:]
    private var nextNumber: UInt64 = 0
    private var admission: Admission
    private var load = LoadMeter()
    private var timers = TimerQueue()
    private var fault = Fault.none
    private var nextHousekeeping: Int64 = 0
    private var nextParentCheck: Int64 = 0
    private var stoppingSince: Int64?
    private var lastProblem: String?

    init(_ settings: Settings) {
        self.settings = settings
        self.seed = settings.id.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        self.listener = Listener(address: settings.address, port: settings.port)
        self.admission = Admission(capacity: settings.capacity)
    }

    /// Runs until it is told to stop; returns the exit code.
    func run() -> Int32 {
        while true {
            let now = monotonicNow()
            if now >= self.nextHousekeeping, let code = self.housekeep(at: now) { return code }
            if Stop.isRequested, self.isFinished(at: now) { return 0 }
            while let entry = self.timers.popDue(at: now) { self.answer(entry) }
            self.waitForSockets(until: min(self.timers.nextDue ?? .max, self.nextHousekeeping))
        }
    }

    private func housekeep(at now: Int64) -> Int32? {
        self.nextHousekeeping = now + Self.housekeepingEvery
        if let parent = self.settings.parentFile, now >= self.nextParentCheck {
            self.nextParentCheck = now + 1_000_000
            if !Files.exists(parent) { return 0 }
        }
        if let file = self.settings.faultFile {
            let next = Fault.read(file, current: self.fault)
            if next != self.fault { self.change(to: next) }
        }
        let isWarm = now - self.started >= self.settings.warmAfter * 1000
        if isWarm, !self.listener.isOpen, self.fault != .backendsDown, !Stop.isRequested { self.open() }
        return nil
    }

    private func open() {
        if let problem = self.listener.open() {
            // Somebody else holds the address for the moment: said once, tried again every 50 ms.
            if problem != self.lastProblem { complain("cannot listen at \(problem)") }
            self.lastProblem = problem
            return
        }
        let bound = "\(self.settings.address):\(self.listener.port)"
        if let file = self.settings.addressFile { Files.replace(file, with: bound + "\n") }
        if let file = self.settings.readyFile { Files.replace(file, with: bound + "\n") }
    }

    private func change(to next: Fault) {
        if next == .backendsDown {
            self.listener.close()
            for connection in self.connections.values { connection.reset() }
            self.connections.removeAll()
            self.timers.removeAll()
        }
        if self.fault == .hang {
            // Whoever still waits gets a reset: those requests are lost.
            for connection in self.connections.values where connection.isSwallowed {
                connection.reset()
                self.connections[connection.number] = nil
            }
        }
        self.fault = next
    }

    /// Requests on their way when the signal came are answered: a tenth of a second for those in sockets, a second for all.
    private func isFinished(at now: Int64) -> Bool {
        guard let since = self.stoppingSince else {
            self.acceptAll()
            self.listener.close()
            self.stoppingSince = now
            return false
        }
        return now - since > 1_000_000 || (now - since > 100_000 && self.timers.count == 0)
    }

    private func waitForSockets(until deadline: Int64) {
        var descriptors: [pollfd] = []
        if let socket = self.listener.socket {
            descriptors.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
        }
        let order = Array(self.connections.values)
        for connection in order {
            let events = (connection.takesInput ? POLLIN : 0) | (connection.hasOutput ? POLLOUT : 0)
            // A peer that has gone would be reported again and again; a negative descriptor is passed over.
            descriptors.append(pollfd(fd: events == 0 ? -1 : connection.socket, events: Int16(events), revents: 0))
        }
        let wait = max(0, min(50_000, deadline - monotonicNow()))
        guard poll(&descriptors, nfds_t(descriptors.count), Int32((wait + 999) / 1000)) > 0 else { return }
        let offset = descriptors.count - order.count
        for (index, connection) in order.enumerated() where descriptors[index + offset].revents != 0 {
            self.serve(connection)
        }
        if offset == 1, descriptors[0].revents != 0 { self.acceptAll() }
    }

    private func acceptAll() {
        while let socket = self.listener.accept() {
            let connection = Connection(socket: socket, number: self.nextNumber)
            self.nextNumber += 1
            if self.connections.count < Self.connectionLimit {
                self.connections[connection.number] = connection
            } else {
                connection.reset()
            }
        }
    }

    private func drop(_ connection: Connection) {
        close(connection.socket)
        self.connections[connection.number] = nil
    }

    private func serve(_ connection: Connection) {
        if connection.takesInput, !connection.receive() { return self.drop(connection) }
        self.advance(connection)
    }

    /// Takes the next request when the last one is answered, and writes what is to be written.
    private func advance(_ connection: Connection) {
        while !connection.isBusy, !connection.hasOutput, !connection.input.isEmpty {
            switch RequestHead.parse(connection.input[...]) {
            case .incomplete:
                if connection.hasEnded { return self.drop(connection) }
                return
            case .bad(let status):
                connection.wantsClose = true
                connection.consume(connection.input.count)
                connection.respond(status, type: "text/plain", body: "this request cannot be read\n")
            case .head(let head):
                connection.consume(head.length)
                self.begin(head, on: connection)
            }
            if !connection.flush() { return self.drop(connection) }
            if connection.wantsClose, !connection.isBusy, !connection.hasOutput { return self.drop(connection) }
        }
        guard connection.flush() else { return self.drop(connection) }
        let isIdle = !connection.isBusy && !connection.hasOutput
        if connection.hasEnded, isIdle || connection.isSwallowed { self.drop(connection) }
    }

    private func begin(_ head: RequestHead, on connection: Connection) {
        let now = monotonicNow()
        connection.isHead = head.isHead
        connection.wantsClose = head.wantsClose || self.stoppingSince != nil
        if self.fault == .hang {
            connection.isBusy = true
            connection.isSwallowed = true
            if !head.isLoadQuestion { self.load.arrived(at: now) }
            return
        }
        if head.isLoadQuestion {
            return connection.respond(200, type: "application/json", body: self.loadAnswer(at: now))
        }
        let count = self.load.total
        self.load.arrived(at: now)
        guard let wait = self.admission.admit(at: now) else {
            self.load.turnedAway()
            return connection.respond(503, type: "text/plain", body: "\(self.settings.id) is full\n")
        }
        let chance = scatter(self.seed &+ UInt64(count))
        let service = 5_000 + Int64((chance >> 32) % 10_000)
        let status = self.fault == .brownout && chance % 10 < 6 ? 500 : 200
        connection.isBusy = true
        self.timers.add(.init(due: now + wait + service, connection: connection.number, status: status))
    }

    private func answer(_ entry: TimerQueue.Entry) {
        guard let connection = self.connections[entry.connection] else { return }
        let body = "\(self.settings.service) \(self.settings.region) \(self.settings.id)\n"
        connection.respond(entry.status, type: "text/plain", body: body)
        guard connection.flush() else { return self.drop(connection) }
        if connection.wantsClose, !connection.hasOutput { return self.drop(connection) }
        self.advance(connection)
    }

    private func loadAnswer(at now: Int64) -> String {
        "{\"requestsPerSecond\":\(self.load.perSecond(at: now)),\"inFlight\":\(self.timers.count),"
            + "\"requests\":\(self.load.total),\"rejected\":\(self.load.rejected)}\n"
    }
}
