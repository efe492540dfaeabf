/// A part of a geography's traffic in basis points, 0...10,000.
public struct Share: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let basisPoints: Int
    /// Fails outside 0...10,000.
    public init?(basisPoints: Int) {
        guard (0...10_000).contains(basisPoints) else { return nil }
        self.basisPoints = basisPoints
    }
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let share = Share(basisPoints: try container.decode(Int.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a share is 0...10000 basis points")
        }
        self = share
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.basisPoints)
    }
    public static let zero = Share(unchecked: 0)
    public static let whole = Share(unchecked: 10_000)
    private init(unchecked: Int) { self.basisPoints = unchecked }
    public static func < (left: Self, right: Self) -> Bool { left.basisPoints < right.basisPoints }
    public var description: String {
        let cents = self.basisPoints % 100
        return cents == 0
            ? "\(self.basisPoints / 100) %"
            : "\(self.basisPoints / 100).\(cents < 10 ? "0" : "")\(cents) %"
    }
}

/// Why a set of shares is no share vector.
public struct ShareError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}

/// How one geography's traffic is spread over regions; always sums to exactly 10,000 basis points (S04).
public struct ShareVector: Hashable, Sendable, CustomStringConvertible {
    /// Regions with a share above zero, in order.
    public let shares: SortedMap<RegionID, Share>

    /// Fails with the found sum unless the parts sum to 10,000; parts of zero are dropped.
    public init(_ basisPoints: SortedMap<RegionID, Int>) throws(ShareError) {
        var shares = SortedMap<RegionID, Share>()
        var sum = 0
        for (region, points) in basisPoints {
            guard let share = Share(basisPoints: points) else {
                throw ShareError(description: "\(region) has \(points) basis points; allowed are 0...10000")
            }
            sum += points
            if points > 0 { shares[region] = share }
        }
        guard sum == 10_000 else {
            throw ShareError(description: "the shares sum to \(sum) basis points; they must sum to 10000 (S04)")
        }
        self.shares = shares
    }

    /// All traffic to one region.
    public init(all region: RegionID) { self.shares = [region: .whole] }

    public subscript(region: RegionID) -> Int { self.shares[region]?.basisPoints ?? 0 }
    public var regions: [RegionID] { self.shares.keys }
    public var description: String { self.shares.map { "\($0) \($1)" }.joined(separator: ", ") }

    /// This vector with `fraction` basis points of `source`'s part handed to `targets` in proportion to their weights.
    ///
    /// Rounds by largest remainder, so the sum stays exact; ties go to the lower region name.
    /// With no target of positive weight nothing moves.
    public func moving(_ fraction: Int, from source: RegionID, to targets: SortedMap<RegionID, Int>) -> ShareVector {
        let weight = targets.values.reduce(0, +)
        let bounded = min(max(fraction, 0), 10_000)
        let amount = (self[source] * bounded + 5_000) / 10_000
        guard weight > 0, amount > 0 else { return self }
        var parts: [(region: RegionID, whole: Int, rest: Int)] = []
        for (region, share) in targets where region != source && share > 0 {
            parts.append((region, amount * share / weight, amount * share % weight))
        }
        var left = amount - parts.reduce(0) { $0 + $1.whole }
        for index in parts.indices.sorted(by: {
            (parts[$1].rest, parts[$0].region) < (parts[$0].rest, parts[$1].region)
        }) where left > 0 {
            parts[index].whole += 1
            left -= 1
        }
        var result = self.shares.mapValues(\.basisPoints)
        let moved = parts.reduce(0) { $0 + $1.whole }
        result[source] = self[source] - moved
        for part in parts { result[part.region, default: 0] += part.whole }
        return (try? ShareVector(result)) ?? self
    }
}

extension ShareVector: Codable {
    public init(from decoder: any Decoder) throws {
        let map = try decoder.singleValueContainer().decode(SortedMap<RegionID, Int>.self)
        do { try self.init(map) } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description)
            )
        }
    }
    public func encode(to encoder: any Encoder) throws { try self.shares.encode(to: encoder) }
}

/// The shares of every geography; what one generation publishes.
public typealias ShareTable = SortedMap<GeographyID, ShareVector>
