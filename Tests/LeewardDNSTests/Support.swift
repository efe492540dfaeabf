import Foundation
import LeewardDNS
import LeewardModel
import LeewardTestKit

/// Steele, Lea and Flood's SplitMix64: the same seed gives the same numbers everywhere.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

struct Unexpected: Error, CustomStringConvertible {
    var description: String
}

func name(_ text: String) throws -> DNSName {
    guard let name = DNSName(text) else { throw Unexpected(description: "\(text) is no name") }
    return name
}

func address(_ text: String) throws -> IPv4 {
    guard let address = IPv4(text) else { throw Unexpected(description: "\(text) is no address") }
    return address
}

func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.filter(\.isHexDigit)
    return stride(from: 0, to: digits.count, by: 2).compactMap { index in
        let start = digits.index(digits.startIndex, offsetBy: index)
        return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)
    }
}

func testKey(_ secret: String = ZoneConformanceServer.secret, name: String = "leeward") throws -> TSIGKey {
    try TSIGKey(name: name, base64: secret)
}

func mark(_ generation: Int64, _ epoch: Int64, _ key: EffectKey) -> SnapshotMark {
    .init(generation: Generation(generation), epoch: Epoch(epoch), key: key)
}

func fence(_ epoch: Int64, _ key: EffectKey) -> Fence { .init(epoch: Epoch(epoch), key: key) }

func change(
    _ host: HostName,
    from old: [String],
    to new: [String],
    marker: SnapshotMark?,
    generation: Int64
) -> ZoneChange {
    .init(
        oldMarker: marker,
        newGeneration: Generation(generation),
        sets: [host: .init(old: old, new: new)],
        ttl: .seconds(5)
    )
}
