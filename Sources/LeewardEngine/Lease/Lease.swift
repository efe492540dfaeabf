public import LeewardModel

/// The right to act, as one of several controllers knows it: who leads, until when, and what to ask the store next.
///
/// Knows monotonic time only. Everything is counted from BEFORE a request was sent, so that the store's own count ends
/// later; a pause of the process or a clock out of its bounds is beyond any lease, and the receivers' fences deal with it (S14).
public struct Lease: Hashable, Sendable {
    public enum Role: Hashable, Sendable {
        /// Watches, and sends nothing.
        case follower
        /// Has asked for the lease.
        case candidate
        /// Has it, with enough left for a call.
        case leader(term: Int64)
        /// Has it with too little left for a call: nothing new leaves; a renewal brings it back, its end makes a follower.
        case steppingDown(term: Int64)
    }

    private struct Asked: Hashable, Sendable {
        var number: Int64
        var at: Timestamp
    }

    /// Among the names of all controllers only this one's.
    public let name: String
    public let settings: LeaseSettings
    public private(set) var role = Role.follower
    /// By one's own clock, with the allowance taken off; nil without a lease.
    public private(set) var endsAt: Timestamp?
    /// What was sent within the last lease and has no answer, oldest first.
    private var asked: [Asked] = []
    /// The newest of them, until it has an answer or its time is up.
    private var awaited: Int64?
    private var count: Int64 = 0
    private var askAgainAt: Timestamp?
    /// Guards that a test has switched off; always empty elsewhere.
    var guardsOff: [EngineGuard] = []

    public init(name: String, settings: LeaseSettings) {
        self.name = name
        self.settings = settings
    }

    /// The lease's term while it is held, with or without enough left to act.
    public var term: Int64? {
        switch self.role {
        case .leader(let term), .steppingDown(let term): term
        case .follower, .candidate: nil
        }
    }

    /// True where a call that leaves now is over before anybody else can lead, if clocks and the process do as promised.
    public func mayAct(at now: Timestamp) -> Bool {
        guard self.term != nil, let endsAt = self.endsAt else { return false }
        return endsAt - now > (self.stands(.leaseMargin) ? self.settings.callTimeout : .zero)
    }

    /// Takes an answer of the store; a late one counts from when its request was sent, as any other.
    ///
    /// - Returns: What has to be asked because of it.
    mutating func take(_ news: LeaseNews, at now: Timestamp) -> [LeaseAsk] {
        switch news {
        case .granted(let number, let term):
            guard let askedAt = self.close(number), self.term == nil else {
                return term == self.term ? [] : [.release(term: term)]
            }
            self.asked = []
            self.awaited = nil
            self.hold(term, from: askedAt, now)
        case .renewed(let number, let term):
            guard let askedAt = self.close(number), term == self.term else { return [] }
            self.hold(term, from: askedAt, now)
        case .refused(let number):
            guard self.close(number) != nil, self.role == .candidate, self.awaited == nil else { return [] }
            self.follow(now + self.wait())
            if !self.stands(.leaseAskAgain) { self.askAgainAt = now + .days(365) }
        case .lost(let term):
            guard term == self.term else { return [] }
            self.asked = []
            self.follow(now + self.wait())
        case .unknown(let number):
            if let askedAt = self.close(number) { self.missed(askedAt, now) }
        }
        return []
    }

    /// Lets time pass; call at least every tenth of the lease.
    ///
    /// - Returns: What has to be sent now.
    mutating func pass(to now: Timestamp) -> [LeaseAsk] {
        if let last = self.asked.last, last.number == self.awaited, now - last.at >= self.settings.askTimeout {
            self.awaited = nil
            self.missed(last.at, now)
        }
        self.asked.removeAll { now - $0.at >= self.settings.ttl }
        if let term = self.term, let endsAt = self.endsAt {
            guard now < endsAt else {
                self.asked = []
                self.follow(now + self.wait())
                return []
            }
            self.role = self.mayAct(at: now) ? .leader(term: term) : .steppingDown(term: term)
            guard self.awaited == nil, now >= self.askAgainAt ?? now else { return [] }
            return [.renew(number: self.ask(now), term: term)]
        }
        guard self.awaited == nil, now >= self.askAgainAt ?? now else { return [] }
        self.role = .candidate
        return [.campaign(number: self.ask(now))]
    }

    // MARK: - Inside

    private mutating func ask(_ now: Timestamp) -> Int64 {
        self.count += 1
        self.asked.append(Asked(number: self.count, at: now))
        self.awaited = self.count
        self.askAgainAt = now + (self.term == nil ? self.wait() : self.settings.renewEvery)
        return self.count
    }

    /// When the request was sent, where it still counts.
    private mutating func close(_ number: Int64) -> Timestamp? {
        if self.awaited == number { self.awaited = nil }
        guard let index = self.asked.firstIndex(where: { $0.number == number }) else { return nil }
        return self.asked.remove(at: index).at
    }

    /// Nobody knows what came of a request: a renewal is none, and a grant that nobody hears keeps all others out for a lease.
    private mutating func missed(_ askedAt: Timestamp, _ now: Timestamp) {
        if self.role == .candidate { self.follow(askedAt + self.settings.ttl + self.wait()) }
        if let term = self.term, !self.stands(.leaseUnknown) { self.hold(term, from: askedAt, now) }
    }

    private mutating func hold(_ term: Int64, from askedAt: Timestamp, _ now: Timestamp) {
        let start = self.stands(.leaseFromAsk) ? askedAt : now
        let endsAt = start + self.settings.ttl - self.settings.allowance
        guard endsAt > self.endsAt ?? .init(milliseconds: .min) else { return }
        self.endsAt = endsAt
        self.askAgainAt = start + self.settings.renewEvery
        self.role = .leader(term: term)
        if !self.mayAct(at: now) { self.role = .steppingDown(term: term) }
    }

    private mutating func follow(_ askAgainAt: Timestamp) {
        self.role = .follower
        self.endsAt = nil
        self.awaited = nil
        self.askAgainAt = askAgainAt
    }

    /// A sixth to a third of the lease, spread by name and count so that candidates do not meet again and again (L04).
    private func wait() -> Span {
        let sixth = max(1, self.settings.ttl.milliseconds / 6)
        var hash = StableHash()
        hash.combine(self.name)
        hash.combine(self.count)
        return .milliseconds(sixth + Int64(hash.value % UInt64(sixth)))
    }

    private func stands(_ guarded: EngineGuard) -> Bool { !self.guardsOff.contains(guarded) }
}
