/// A curve for people's eyes: fewer points, the same lows and highs.
public struct ThinCurve: Hashable, Sendable {
    public struct Point: Hashable, Sendable {
        public var point: CurvePoint
        /// True where buckets are missing between the point before and this one.
        public var isAfterGap: Bool
    }

    public private(set) var points: [Point] = []

    /// Keeps at most `limit` points: of each stretch of equal length the lowest and the highest bucket.
    ///
    /// - Parameters:
    ///   - curve: Oldest first.
    ///   - length: Of a bucket, in seconds; a longer step is a gap.
    ///   - limit: At least 2.
    public init(_ curve: [CurvePoint], length: Int, limit: Int) {
        let most = max(2, limit)
        // Two of each stretch are kept.
        let stretch = curve.count <= most ? 1 : (curve.count + most / 2 - 1) / (most / 2)
        var start = 0
        var previous = 0
        while start < curve.count {
            let end = min(curve.count, start + stretch)
            var lowest = start
            var highest = start
            for index in start..<end {
                if curve[index].rate < curve[lowest].rate { lowest = index }
                if curve[index].rate > curve[highest].rate { highest = index }
            }
            for index in lowest == highest ? [lowest] : [min(lowest, highest), max(lowest, highest)] {
                let gap = zip(curve[previous...index], curve[previous...index].dropFirst())
                    .contains { $1.time - $0.time > length }
                self.points.append(.init(point: curve[index], isAfterGap: gap))
                previous = index
            }
            start = end
        }
    }
}
