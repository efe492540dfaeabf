import NIOCore

/// One A query and its answer on the wire (RFC 1035), as a stub resolver on a user's machine does it.
enum AddressQuery {
    struct Answer: Equatable {
        /// In the order of the answer; empty when the name has none.
        var addresses: [String]
        /// Seconds that the shortest-lived record of the answer may be kept.
        var ttl: Int
    }

    /// A recursive query for the host's addresses.
    static func encode(_ host: String, id: UInt16) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 18 + host.utf8.count)
        buffer.writeMultipleIntegers(id, UInt16(0x0100), UInt16(1), UInt16(0), UInt16(0), UInt16(0))
        for label in host.split(separator: ".") {
            buffer.writeInteger(UInt8(truncatingIfNeeded: label.utf8.count))
            buffer.writeString(String(label))
        }
        buffer.writeMultipleIntegers(UInt8(0), UInt16(1), UInt16(1))
        return buffer
    }

    /// The id of an answer, and its addresses unless it is an error or cut short; nil when it is no answer at all.
    static func decode(_ message: ByteBuffer) -> (id: UInt16, answer: Answer?)? {
        var buffer = message
        guard
            let (id, flags, questions, answers, _, _) = buffer.readMultipleIntegers(
                as: (UInt16, UInt16, UInt16, UInt16, UInt16, UInt16).self
            ), flags & 0x8000 != 0
        else { return nil }
        // No error and not truncated.
        guard flags & 0x020f == 0 else { return (id, nil) }
        for _ in 0..<questions {
            guard Self.skipName(&buffer), buffer.readInteger(as: UInt32.self) != nil else { return (id, nil) }
        }
        var result = Answer(addresses: [], ttl: Int(Int32.max))
        for _ in 0..<answers {
            guard Self.skipName(&buffer),
                let (type, _, ttl, length) = buffer.readMultipleIntegers(as: (UInt16, UInt16, UInt32, UInt16).self),
                let data = buffer.readBytes(length: Int(length))
            else { return (id, nil) }
            result.ttl = min(result.ttl, Int(ttl & 0x7fff_ffff))
            if type == 1, data.count == 4 { result.addresses.append(data.map(String.init).joined(separator: ".")) }
        }
        return (id, result)
    }

    private static func skipName(_ buffer: inout ByteBuffer) -> Bool {
        while let length = buffer.readInteger(as: UInt8.self) {
            if length == 0 { return true }
            if length & 0xc0 == 0xc0 { return buffer.readInteger(as: UInt8.self) != nil }
            guard buffer.readableBytes >= Int(length) else { return false }
            buffer.moveReaderIndex(forwardBy: Int(length))
        }
        return false
    }
}
