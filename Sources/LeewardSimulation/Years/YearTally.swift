/// What controllers decided in some years, and whether it was right.
public struct YearTally: Sendable {
    /// A decision that was not right, with what it takes to see it again.
    public struct Wrong: Hashable, Sendable, CustomStringConvertible {
        /// `relief` or `evacuation`; with "while others fail too" where its users did fail, and another region's as well.
        public var what: String
        public var seed: UInt64
        public var year: Int
        /// Seconds since 1970.
        public var time: Int
        /// Length of a bucket, in seconds.
        public var bucket: Int
        public var region: String
        /// What was going on in its stead, and what the controller said.
        public var cause: String
        public var description: String {
            "\(self.what) of \(self.region) not right: seed \(self.seed) year \(self.year) at \(self.time), "
                + "\(self.bucket) s buckets: \(self.cause)"
        }
    }

    /// How long it took to find the regional steps of one kind, in seconds from the step to the look.
    public struct Found: Sendable {
        /// Until the fleet's verdict was no longer normal.
        public var noticed: [Int] = []
        /// Until one region was called sick.
        public var called: [Int] = []
        /// Steps that ended before anything was said, or sixty seconds had passed.
        public var missed = 0
        public var count: Int { self.noticed.count + self.missed }
    }

    /// Whole years.
    public var years = 0
    /// Times and regions of what was decided, in order.
    var story: [String] = []
    /// Looks of controllers, and buckets that they were shown of each series.
    public var looks = 0
    public var buckets = 0
    public var reliefsRight = 0
    public var evacuationsRight = 0
    public var wrong: [Wrong] = []
    /// Steps of 20 % and more in 5-second buckets that hold 500 requests and more, and in emptier ones.
    public var full = Found()
    public var sparse = Found()
    /// Steps of 18 to 25 % in full buckets.
    public var shallow = Found()

    public init() {}

    public var evacuationsWrong: Int { self.wrong.filter { $0.what == "evacuation" }.count }
    public var reliefsWrong: Int { self.wrong.filter { $0.what == "relief" }.count }
    /// Of a region whose users failed, while another region's did too.
    public var elsewhereToo: (reliefs: Int, evacuations: Int) {
        let all = self.wrong.filter { $0.what.hasSuffix("too") }
        let evacuations = all.filter { $0.what.hasPrefix("evacuation") }.count
        return (all.count - evacuations, evacuations)
    }

    /// Adds another year's.
    public mutating func add(_ other: YearTally) {
        self.years += other.years
        self.looks += other.looks
        self.buckets += other.buckets
        self.reliefsRight += other.reliefsRight
        self.evacuationsRight += other.evacuationsRight
        self.wrong += other.wrong
        self.story += other.story
        self.full.add(other.full)
        self.sparse.add(other.sparse)
        self.shallow.add(other.shallow)
    }

    /// The table, one line each.
    public var lines: [String] {
        [
            "years reached                        \(self.years)",
            "looks; buckets of each series        \(self.looks); \(self.buckets)",
            "evacuations right                    \(self.evacuationsRight)",
            "evacuations not right                \(self.evacuationsWrong)",
            "reliefs right                        \(self.reliefsRight)",
            "reliefs not right                    \(self.reliefsWrong)",
            "reliefs, evacuations of a sick region while another is sick too: \(self.elsewhereToo.reliefs), "
                + "\(self.elsewhereToo.evacuations)",
            "dips of 20 % and more, full buckets  \(self.full)",
            "  of these 18 to 25 %                \(self.shallow)",
            "dips of 20 % and more, below 500     \(self.sparse)",
        ]
    }
}

extension YearTally.Found: CustomStringConvertible {
    mutating func add(_ other: Self) {
        self.noticed += other.noticed
        self.called += other.called
        self.missed += other.missed
    }

    /// Seconds below which this part of the noticed ones lies, 0...1; nil without any.
    public func seconds(_ part: Double) -> Int? { Self.quantile(self.noticed, part) }

    private static func quantile(_ values: [Int], _ part: Double) -> Int? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, max(0, Int((Double(sorted.count) * part).rounded(.up)) - 1))]
    }

    public var description: String {
        func three(_ values: [Int]) -> String {
            let parts = [0.5, 0.95, 1].map { part in Self.quantile(values, part).map(String.init) ?? "-" }
            return parts.joined(separator: "/")
        }
        return "\(self.noticed.count) of \(self.count) within 60 s, p50/p95/max \(three(self.noticed)) s; "
            + "called sick \(self.called.count), \(three(self.called)) s; missed \(self.missed)"
    }
}
