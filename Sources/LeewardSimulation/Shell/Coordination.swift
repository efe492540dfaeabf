import LeewardEngine
import LeewardModel

/// The coordination store: one lease by its own clock, and the condition under which the shared journal grows.
///
/// Linearizable: whatever it does happens in one moment. What goes wrong lies between it and who asks.
struct Coordination: Sendable {
    struct Holder: Sendable {
        var process: Int
        var term: Int64
        /// World time; the store's clock is the world's.
        var endsAt: Int64
    }

    let ttl: Span
    private(set) var last: Holder?
    private var terms: Int64 = 0

    init(ttl: Span) { self.ttl = ttl }

    /// Who has the lease now.
    func holder(at now: Int64) -> Holder? { self.last.flatMap { now < $0.endsAt ? $0 : nil } }

    mutating func hear(_ ask: LeaseAsk, from process: Int, at now: Int64) -> LeaseNews? {
        let present = self.holder(at: now)
        switch ask {
        case .campaign(let number):
            guard present == nil else { return .refused(number: number) }
            self.terms += 1
            self.last = Holder(process: process, term: self.terms, endsAt: now + self.ttl.milliseconds)
            return .granted(number: number, term: self.terms)
        case .renew(let number, let term):
            guard present?.term == term else { return .lost(term: term) }
            self.last?.endsAt = now + self.ttl.milliseconds
            return .renewed(number: number, term: term)
        case .release(let term):
            if present?.term == term { self.last?.endsAt = now }
            return nil
        }
    }

    /// Ends the lease behind its holder's back.
    mutating func revoke(at now: Int64) {
        guard self.holder(at: now) != nil else { return }
        self.last?.endsAt = now
    }

    /// Nil where the append may be made; the condition that failed otherwise.
    func refusal(term: Int64?, known: Int, length: Int, at now: Int64, _ checks: Receivers) -> String? {
        if let term, checks.stands(.appendOnLease), self.holder(at: now)?.term != term {
            return "the lease of term \(term) has ended; nothing was appended"
        }
        guard known != length, checks.stands(.appendOnSequence) else { return nil }
        return "the journal has \(length) records, not \(known); nothing was appended"
    }
}

/// What lies between one controller and the store.
struct StorePath: Sendable, Equatable {
    var isUnreachable = false
    /// Done, and the answer is lost.
    var isUnanswered = false
    /// Renewals are not heard; all else is.
    var dropsRenewals = false
    /// Answers come so much later, in milliseconds.
    var slow: Int64 = 0
    /// Readings show what was there so long ago, in milliseconds.
    var stale: Int64 = 0
}
