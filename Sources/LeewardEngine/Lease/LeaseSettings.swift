public import LeewardModel

/// How long a lease is, and what is kept of it for calls on their way and for clocks that differ.
public struct LeaseSettings: Hashable, Sendable {
    /// As the coordination store counts it, from when it hears the request.
    public let ttl: Span
    /// The longest that one call may take; what is left of the lease must be more than this when a call leaves (S14).
    public let callTimeout: Span
    /// By how much the store's clock and one's own may differ, in parts per million of the time that passed.
    public let drift: Int64

    /// Two clocks, each with at most 500 ppm: the frequency tolerance of NTP (RFC 5905, A.1.1, `MAXFREQ`), which Linux
    /// keeps to when it slews the monotonic clock.
    public static let usualDrift: Int64 = 1000

    /// - Throws: `LeaseProblem` where one renewal that fails would already leave no time to act.
    public init(ttl: Span, callTimeout: Span, drift: Int64 = Self.usualDrift) throws(LeaseProblem) {
        guard (0..<500_000).contains(drift) else {
            throw LeaseProblem("a drift of \(drift) ppm; allowed are 0 to 499999")
        }
        guard ttl.milliseconds >= 3 * callTimeout.milliseconds, callTimeout > .zero else {
            let least = Span.milliseconds(3 * max(1, callTimeout.milliseconds))
            throw LeaseProblem(
                "a lease of \(ttl) is too short for calls that may take \(callTimeout); make it \(least) or more"
            )
        }
        self.ttl = ttl
        self.callTimeout = callTimeout
        self.drift = drift
    }

    /// Time between two renewals: two may fail before the lease ends.
    public var renewEvery: Span { .milliseconds(self.ttl.milliseconds / 3) }
    /// After this long without an answer a request to the store has ended as unknown.
    public var askTimeout: Span { .milliseconds(self.ttl.milliseconds / 6) }
    /// What the clocks may differ by over one whole lease, rounded up.
    public var allowance: Span { .milliseconds((self.ttl.milliseconds * self.drift + 999_999) / 1_000_000 + 1) }
}

/// Why settings of a lease can not work, with what to do about it.
public struct LeaseProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// What a controller asks of the coordination store; each ask is sent at once, and its number comes back with the answer.
public enum LeaseAsk: Hashable, Sendable {
    /// To have the lease where nobody has it.
    case campaign(number: Int64)
    case renew(number: Int64, term: Int64)
    /// To end a lease that is held and not used.
    case release(term: Int64)
}

/// What the coordination store, or its silence, says about the lease.
public enum LeaseNews: Hashable, Sendable {
    /// One's own from now on; terms rise with every grant.
    case granted(number: Int64, term: Int64)
    case renewed(number: Int64, term: Int64)
    /// Somebody else has it.
    case refused(number: Int64)
    /// It is not one's own any more.
    case lost(term: Int64)
    /// No answer: for a renewal this is no renewal.
    case unknown(number: Int64)
}

extension Epoch {
    /// Starts within one term; more would run into the next one.
    static let startsPerTerm: Int64 = 1_000_000

    /// The fencing token of the `start`-th time that a holder begins from the journal within a term of the lease.
    ///
    /// Without a lease the term is 0: a journal of a single controller goes on in a fleet of several.
    public init(term: Int64, start: Int64) { self.init(term * Self.startsPerTerm + start) }

    /// The lease's term, 0 where there is no lease.
    public var term: Int64 { self.value / Self.startsPerTerm }

    /// The epoch after this one for the holder of `term`, always above this one where terms only rise.
    func following(in term: Int64) -> Epoch { term > self.term ? Epoch(term: term, start: 1) : self.next }
}
