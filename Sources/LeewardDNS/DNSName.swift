/// A domain name in canonical form: lower case, no trailing dot; the root has no labels.
///
/// Names are compared by their wire labels, so `EXAMPLE.test` and `example.test.` are the same name.
package struct DNSName: Hashable, Sendable, CustomStringConvertible {
    /// Each 1...63 bytes; the wire form of all of them is at most 255 bytes.
    package let labels: [[UInt8]]

    /// The empty name.
    package static let root = DNSName(checked: [])

    /// Reads dotted text, with or without the trailing dot; nil when a label is empty, too long, or not printable ASCII.
    package init?(_ text: String) {
        var body = text.utf8[...]
        if body.last == UInt8(ascii: ".") { body = body.dropLast() }
        guard !body.isEmpty else { return nil }
        let parts = body.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") } }) else {
            return nil
        }
        self.init(labels: parts.map(Array.init))
    }

    /// Takes labels as they stand on the wire, folding upper case; nil when they break a length limit of RFC 1035.
    package init?(labels: [[UInt8]]) {
        guard labels.allSatisfy({ (1...63).contains($0.count) }),
            labels.reduce(1, { $0 + $1.count + 1 }) <= 255
        else { return nil }
        self.init(checked: labels.map { $0.map(Self.folded) })
    }

    private init(checked labels: [[UInt8]]) { self.labels = labels }

    /// True for the zone's own name and every name below it.
    package func isInside(_ zone: DNSName) -> Bool {
        self.labels.count >= zone.labels.count && Array(self.labels.suffix(zone.labels.count)) == zone.labels
    }

    /// Length-prefixed labels and the closing zero, never compressed.
    package var wire: [UInt8] {
        var bytes: [UInt8] = []
        for label in self.labels {
            bytes.append(UInt8(label.count))
            bytes += label
        }
        bytes.append(0)
        return bytes
    }

    /// Dotted text; bytes that are no plain character appear as `\DDD`, so hostile names cannot break a log line.
    package var description: String {
        guard !self.labels.isEmpty else { return "." }
        return self.labels.map { $0.map(Self.printable).joined() }.joined(separator: ".")
    }

    private static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte + 0x20 : byte }

    private static func printable(_ byte: UInt8) -> String {
        if (0x21...0x7e).contains(byte), byte != UInt8(ascii: "."), byte != UInt8(ascii: "\\") {
            return String(UnicodeScalar(byte))
        }
        let digits = String(byte)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
