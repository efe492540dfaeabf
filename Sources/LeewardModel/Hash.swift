/// FNV-1a over bytes, 64 bits: names plans and snapshots.
///
/// It guards against accidents, not against an adversary.
///
/// Source: Fowler, Noll, Vo; the offset basis and prime of the published 64-bit variant.
public struct StableHash: Sendable {
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
    public init() {}
    public mutating func combine(_ text: String) {
        for byte in text.utf8 { self.mix(byte) }
        self.mix(0xff)
    }
    public mutating func combine(_ number: some BinaryInteger) { self.combine(String(number)) }
    private mutating func mix(_ byte: UInt8) { self.value = (self.value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    /// Twelve hexadecimal digits, enough to tell the plans of one fleet apart.
    public var short: String {
        let digits = String(self.value, radix: 16)
        return String((String(repeating: "0", count: 16 - digits.count) + digits).prefix(12))
    }
}
