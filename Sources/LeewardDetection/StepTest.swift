/// One way to compare now with a moment ago: the mean of the newest buckets against the mean of older ones.
///
/// Three look for an edge (a step from one bucket to the next), three for a ramp. Lengths are in buckets.
struct StepTest: Sendable, Equatable {
    enum Kind: Sendable { case edge, ramp }
    var kind: Kind
    /// Newest buckets.
    var after: Int
    /// From the newest bucket back to the youngest of the older ones.
    var gap: Int
    var before: Int
    /// Smallest change that counts, as a logarithm.
    var floor: Double
    /// Smallest change that counts, in spreads of this test at this time of day.
    var spreads: Double

    /// Tuned once, on public curves, for all series; docs/concepts/detection.md has the measured effect of each.
    static let all: [StepTest] = [
        .init(kind: .edge, after: 3, gap: 3, before: 3, floor: 0.08, spreads: 5.5),
        .init(kind: .edge, after: 5, gap: 5, before: 5, floor: 0.08, spreads: 5.5),
        .init(kind: .edge, after: 10, gap: 10, before: 10, floor: 0.08, spreads: 5.5),
        .init(kind: .ramp, after: 5, gap: 12, before: 15, floor: 0.16, spreads: 8),
        .init(kind: .ramp, after: 5, gap: 22, before: 15, floor: 0.17, spreads: 6.2),
        .init(kind: .ramp, after: 10, gap: 42, before: 30, floor: 0.25, spreads: 6.8),
    ]
    static let count = 6
    /// The one that reaches back furthest: its spread says how far a series wanders in most of an hour.
    static let longest = 5

    /// Part of a shallow edge that must be left when the slope within both windows is taken away.
    static let edgeFloor = 0.08
    static let edgeSpreads = 3.0
    /// Deeper than this (22 %), nobody asks whether it was a slope.
    static let deep = -0.25
    /// Every one of the newest three buckets must show this part of the change: two bad buckets are a blip.
    static let everyBucket = 0.4
    /// The newest three together must show this part, or it is over already.
    static let still = 0.6
    /// An edge must also show this part against twelve older buckets, or it is the end of something high.
    static let againstLonger = 0.6
}
