public import LeewardModel

/// Which services fail in one region, and by how much more than they usually do there.
public struct FailureSignature: Hashable, Sendable, Codable {
    /// What one service's requests came to within the last seconds.
    public struct Part: Hashable, Sendable, Codable {
        /// Requests that ended, well or badly.
        public var ended: Int
        public var failed: Int
        /// Part that usually fails here, 0...1.
        public var usual: Double
        public init(ended: Int, failed: Int, usual: Double) {
            self.ended = ended
            self.failed = failed
            self.usual = usual
        }
    }

    /// Fewer requests than this say nothing about a service.
    public static let enoughEnded = 50
    /// Fewer failed ones are bad luck.
    public static let enoughFailed = 10
    /// Less of all requests than this, beyond the usual, is no failure to speak of.
    public static let leastExcess = 0.05
    /// The excess must be likelier than luck by this much, a natural logarithm: odds of 160,000 to one.
    public static let certain = 12.0
    /// Failures come so many at a time.
    public static let clump = 5.0
    /// Taken for usual where nobody has seen the region well.
    public static let unknownUsual = 0.05
    /// Cosine from which two regions fail alike: an angle of 37 degrees.
    public static let alike = 0.8
    /// Somewhere a service fails less than this part of the worst, or "everything" is no signature of anything.
    static let specific = 0.5

    /// Services with requests enough to say something.
    public var parts: SortedMap<ServiceID, Part>

    /// Leaves out what has too few requests or impossible numbers.
    public init(_ parts: SortedMap<ServiceID, Part>) {
        self.parts = parts.compactMapValues(beside: parts) { _, part, _ in
            part.ended >= Self.enoughEnded && (0...part.ended).contains(part.failed) ? part : nil
        }
    }

    /// Part of the requests that fail beyond the usual, 0...1; 0 where luck explains it.
    ///
    /// Luck is a Poisson count of clumps; the ratio of likelihoods is that of Wilks (1938).
    public func excess(_ service: ServiceID) -> Double { self.parts[service].map(Self.excess) ?? 0 }

    private static func excess(_ part: Part) -> Double {
        guard part.failed >= self.enoughFailed else { return 0 }
        let count = Double(part.ended)
        let usual = part.usual.isFinite ? min(max(part.usual, 0.001), 0.999) : self.unknownUsual
        let excess = Double(part.failed) / count - usual
        guard excess >= self.leastExcess else { return 0 }
        let clumps = Double(part.failed) / self.clump
        let expected = count * usual / self.clump
        let ratio = clumps * Natural.log(clumps / expected) - (clumps - expected)
        return ratio >= self.certain ? excess : 0
    }

    /// Services that fail beyond their usual, in order.
    public var failing: [ServiceID] { self.parts.filter { Self.excess($0.1) > 0 }.map(\.0) }

    /// Cosine of the two excesses over the services that both say something about, 0...1.
    ///
    /// Nil where that says nothing: fewer than two such services, nothing that fails, or everything alike (a region that is
    /// down, or one with too little room, fails in all it does).
    public func likeness(to other: FailureSignature) -> Double? {
        var (own, others): ([Double], [Double]) = ([], [])
        self.parts.forEach(beside: other.parts) { _, part, beside in
            guard let beside else { return }
            own.append(Self.excess(part))
            others.append(Self.excess(beside))
        }
        guard own.count >= 2, Self.isSpecific(own), Self.isSpecific(others) else { return nil }
        let product = zip(own, others).reduce(0) { $0 + $1.0 * $1.1 }
        let lengths = (Self.square(own) * Self.square(others)).squareRoot()
        return lengths > 0 ? product / lengths : nil
    }

    private static func isSpecific(_ excesses: [Double]) -> Bool {
        guard let most = excesses.max(), let least = excesses.min(), most > 0 else { return false }
        return least < most * self.specific
    }

    private static func square(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }

    /// "play 60 of 140", for services that fail.
    func words(_ services: [ServiceID]) -> String {
        services.compactMap { service in
            self.parts[service].map { "\(service) \($0.failed) of \($0.ended)" }
        }.joined(separator: ", ")
    }
}

/// Asks whether a problem is already where its users would go (S41).
public enum SignatureGate {
    /// Refuses where a savior fails in the same services as the evacuee, more weakly or not; unknown permits.
    ///
    /// - Parameters:
    ///   - signature: The evacuee's, as it is or as it was when users began to leave; nil where it is not known.
    ///   - saviors: Each savior with its own; nil where it is not known.
    public static func finding(
        evacuee: RegionID,
        signature: FailureSignature?,
        saviors: [(region: RegionID, signature: FailureSignature?)]
    ) -> Finding {
        let seen = ["\(evacuee) \(self.state(signature))"] + saviors.map { "\($0.region) \(self.state($0.signature))" }
        return Finding(
            .s41,
            seen.joined(separator: "; "),
            stoppedBy: "a savior that fails, beyond its usual, in the same services as the region that is left",
            refusal: self.refusal(evacuee: evacuee, signature: signature, saviors: saviors)
        )
    }

    /// Why these saviors receive nothing, without a word on what was seen where they may; nil: they may.
    public static func refusal(
        evacuee: RegionID,
        signature: FailureSignature?,
        saviors: [(region: RegionID, signature: FailureSignature?)]
    ) -> String? {
        var alike: [String] = []
        for (region, own) in saviors {
            guard let signature, let own, let likeness = own.likeness(to: signature),
                likeness >= FailureSignature.alike
            else { continue }
            let hundredths = Int((min(likeness, 1) * 100).rounded())
            let cosine = hundredths >= 100 ? "1.00" : "0.\(hundredths)"
            alike.append(
                "\(region) fails as \(evacuee) does: \(own.words(own.failing)), beside "
                    + "\(signature.words(signature.failing)) (alike by \(cosine), the limit is 0.80)"
            )
        }
        return alike.isEmpty
            ? nil : alike.joined(separator: "; ") + ": the problem may follow the users, or be there already"
    }

    private static func state(_ signature: FailureSignature?) -> String {
        guard let signature, !signature.parts.isEmpty else {
            return "has too few requests to say which services fail"
        }
        let failing = signature.failing
        return failing.isEmpty
            ? "fails in none of \(signature.parts.count) services" : "fails in \(signature.words(failing))"
    }
}
