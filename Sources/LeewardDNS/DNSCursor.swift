/// Why bytes are no DNS message.
package enum DNSFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    case endsEarly
    case badName
    case badData(type: DNSType)
    case trailingBytes(Int)
    case tooLong(Int)

    package var description: String {
        switch self {
        case .endsEarly: "the message ends early"
        case .badName: "the message holds a name that breaks RFC 1035"
        case .badData(let type): "the message holds a damaged \(type) record"
        case .trailingBytes(let count): "\(count) bytes follow the message"
        case .tooLong(let count): "the message has \(count) bytes, more than 65535"
        }
    }
}

/// Reads a message front to back; every read is checked against the end, so no input can trap.
struct DNSCursor {
    private let bytes: [UInt8]
    private(set) var position: Int
    /// Names and data of one record may not read past it.
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.position = 0
        self.end = bytes.count
    }

    private init(bytes: [UInt8], position: Int, end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    var remaining: Int { self.end - self.position }

    mutating func byte() throws(DNSFormatError) -> UInt8 {
        guard self.position < self.end else { throw .endsEarly }
        defer { self.position += 1 }
        return self.bytes[self.position]
    }

    mutating func number16() throws(DNSFormatError) -> UInt16 {
        let high = try self.byte()
        return UInt16(high) << 8 | UInt16(try self.byte())
    }

    mutating func number32() throws(DNSFormatError) -> UInt32 {
        let high = try self.number16()
        return UInt32(high) << 16 | UInt32(try self.number16())
    }

    mutating func number48() throws(DNSFormatError) -> UInt64 {
        let high = try self.number16()
        return UInt64(high) << 32 | UInt64(try self.number32())
    }

    mutating func take(_ count: Int) throws(DNSFormatError) -> [UInt8] {
        guard count >= 0, count <= self.remaining else { throw .endsEarly }
        defer { self.position += count }
        return Array(self.bytes[self.position..<self.position + count])
    }

    /// A cursor over the next `count` bytes that may still follow name pointers into the whole message.
    mutating func part(_ count: Int) throws(DNSFormatError) -> DNSCursor {
        guard count >= 0, count <= self.remaining else { throw .endsEarly }
        defer { self.position += count }
        return DNSCursor(bytes: self.bytes, position: self.position, end: self.position + count)
    }

    /// Reads a name, following compression pointers.
    ///
    /// Every pointer must lead to before the place that the last one led to, so that a loop cannot be built; hops are
    /// bounded as well, so that a message of pointer chains costs no more than its length allows.
    mutating func name() throws(DNSFormatError) -> DNSName {
        var labels: [[UInt8]] = []
        var length = 1
        var at = self.position
        var limit = self.position
        var hops = 0
        var after: Int?
        while true {
            let bound = after == nil ? self.end : self.bytes.count
            guard at < bound else { throw .endsEarly }
            let head = self.bytes[at]
            switch head & 0xc0 {
            case 0x00:
                let count = Int(head)
                guard at + count < bound else { throw .endsEarly }
                if count == 0 {
                    self.position = after ?? at + 1
                    guard let name = DNSName(labels: labels) else { throw .badName }
                    return name
                }
                length += count + 1
                guard length <= 255 else { throw .badName }
                labels.append(Array(self.bytes[at + 1...at + count]))
                at += count + 1
            case 0xc0:
                guard at + 1 < bound else { throw .endsEarly }
                let target = Int(head & 0x3f) << 8 | Int(self.bytes[at + 1])
                if after == nil { after = at + 2 }
                hops += 1
                guard target < limit, hops <= 64 else { throw .badName }
                limit = target
                at = target
            default: throw .badName
            }
        }
    }
}
