import LeewardModel
import NIOCore

/// An edge that users connect to.
final class Target {
    /// Index of its region in the ledger.
    let region: Int
    let address: SocketAddress
    let text: String
    init(region: Int, address: SocketAddress, text: String) {
        self.region = region
        self.address = address
        self.text = text
    }
}

/// One request between its due moment and its end.
final class Flight {
    let user: ClientUser
    let service: Int
    /// Nanoseconds of the loop's clock.
    let due: UInt64
    let second: Int
    /// Set when the user knows where to send it.
    var target: Target?
    var connection: ClientConnection?
    var isDecided = false
    init(user: ClientUser, service: Int, due: UInt64, second: Int) {
        self.user = user
        self.service = service
        self.due = due
        self.second = second
    }
}

/// One simulated user: what they believe the name's address to be, and the connections they keep.
final class ClientUser {
    let geography: Int
    let honoursTTL: Bool
    /// Requests that wait for the name.
    private(set) var waiting: [Flight] = []
    private(set) var target: Target?
    private var validUntil: UInt64 = 0
    private var isResolving = false
    private var idle: [ClientConnection] = []

    init(geography: Int, honoursTTL: Bool) {
        self.geography = geography
        self.honoursTTL = honoursTTL
    }

    /// The edge to use now, or nil when the name must be resolved again.
    func knownTarget(now: UInt64) -> Target? { now < self.validUntil ? self.target : nil }

    /// True once, in the last 800 ms of an address that is still good; the caller then starts a query.
    func mustAskAgain(now: UInt64) -> Bool {
        guard !self.isResolving, now + 800_000_000 >= self.validUntil else { return false }
        self.isResolving = true
        return true
    }

    /// Puts the request on the list; true when the caller must start a query.
    func wait(_ flight: Flight) -> Bool {
        self.waiting.append(flight)
        defer { self.isResolving = true }
        return !self.isResolving
    }

    /// Takes over a new answer and returns the requests that waited for it.
    ///
    /// Connections to another edge are dropped; requests in flight on them finish.
    func learn(_ target: Target?, validUntil: UInt64) -> [Flight] {
        self.isResolving = false
        if let target {
            self.target = target
            self.validUntil = validUntil
            self.closeIdle { $0.target !== target }
        }
        defer { self.waiting = [] }
        return self.waiting
    }

    /// The connection that was used last, if it is still worth using.
    func takeIdle(to target: Target, usedSince limit: UInt64) -> ClientConnection? {
        while let connection = self.idle.popLast() {
            if connection.target === target, connection.idleSince >= limit, connection.isOpen { return connection }
            connection.close()
        }
        return nil
    }

    /// Keeps the connection for the next request, unless the user has learnt another address meanwhile.
    func keep(_ connection: ClientConnection) {
        if connection.target === self.target { self.idle.append(connection) } else { connection.close() }
    }

    func forget(_ connection: ClientConnection) { self.idle.removeAll { $0 === connection } }

    /// Closes the idle connections that `condition` names.
    func closeIdle(where condition: (ClientConnection) -> Bool) {
        let closing = self.idle.filter(condition)
        guard !closing.isEmpty else { return }
        self.idle.removeAll(where: condition)
        for connection in closing { connection.close() }
    }
}
