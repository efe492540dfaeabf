/// What a message is about (RFC 1035 section 4.1.1, RFC 2136 section 1.3).
package struct DNSOperation: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }
    package static let query = DNSOperation(rawValue: 0)
    package static let update = DNSOperation(rawValue: 5)
}

/// The server's verdict on a message (RFC 1035 section 4.1.1, RFC 2136 section 2.2).
package struct DNSCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }
    package static let noError = DNSCode(rawValue: 0)
    package static let formatError = DNSCode(rawValue: 1)
    package static let serverFailure = DNSCode(rawValue: 2)
    package static let nameError = DNSCode(rawValue: 3)
    package static let notImplemented = DNSCode(rawValue: 4)
    package static let refused = DNSCode(rawValue: 5)
    package static let nameExists = DNSCode(rawValue: 6)
    package static let setExists = DNSCode(rawValue: 7)
    package static let setMissing = DNSCode(rawValue: 8)
    package static let notAuthoritative = DNSCode(rawValue: 9)
    package static let notInZone = DNSCode(rawValue: 10)

    package var description: String {
        let names = [
            "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET",
            "NOTAUTH", "NOTZONE",
        ]
        return Int(self.rawValue) < names.count ? names[Int(self.rawValue)] : "RCODE\(self.rawValue)"
    }
}

/// A DNS message; in an update `questions` is the zone, `answers` the prerequisites and `authorities` the changes.
package struct DNSMessage: Hashable, Sendable {
    package var id: UInt16
    package var operation: DNSOperation
    package var code = DNSCode.noError
    package var isAnswer = false
    package var isAuthoritative = false
    package var isTruncated = false
    package var wantsRecursion = false
    package var offersRecursion = false
    package var questions: [DNSQuestion] = []
    package var answers: [DNSRecord] = []
    package var authorities: [DNSRecord] = []
    package var additionals: [DNSRecord] = []

    package init(id: UInt16, operation: DNSOperation = .query) {
        self.id = id
        self.operation = operation
    }
}

// MARK: - Reading

extension DNSMessage {
    /// Reads a whole message; throws on anything that is not exactly one, never traps.
    package init(decoding bytes: [UInt8]) throws(DNSFormatError) { self = try Self.read(bytes).message }

    /// The message, and where its last additional record begins: what a signature leaves out.
    static func read(_ bytes: [UInt8]) throws(DNSFormatError) -> (message: DNSMessage, lastRecord: Int?) {
        guard bytes.count <= 65_535 else { throw .tooLong(bytes.count) }
        var cursor = DNSCursor(bytes)
        var message = DNSMessage(id: try cursor.number16())
        let flags = try cursor.number16()
        message.isAnswer = flags & 0x8000 != 0
        message.operation = DNSOperation(rawValue: UInt8(flags >> 11 & 0x0f))
        message.isAuthoritative = flags & 0x0400 != 0
        message.isTruncated = flags & 0x0200 != 0
        message.wantsRecursion = flags & 0x0100 != 0
        message.offersRecursion = flags & 0x0080 != 0
        message.code = DNSCode(rawValue: UInt8(flags & 0x0f))
        var counts: [UInt16] = []
        for _ in 0..<4 { counts.append(try cursor.number16()) }
        for _ in 0..<counts[0] { message.questions.append(try Self.question(&cursor)) }
        for _ in 0..<counts[1] { message.answers.append(try Self.record(&cursor)) }
        for _ in 0..<counts[2] { message.authorities.append(try Self.record(&cursor)) }
        var last: Int?
        for _ in 0..<counts[3] {
            last = cursor.position
            message.additionals.append(try Self.record(&cursor))
        }
        guard cursor.remaining == 0 else { throw .trailingBytes(cursor.remaining) }
        return (message, last)
    }

    private static func question(_ cursor: inout DNSCursor) throws(DNSFormatError) -> DNSQuestion {
        let name = try cursor.name()
        let type = DNSType(rawValue: try cursor.number16())
        return DNSQuestion(name, type, DNSClass(rawValue: try cursor.number16()))
    }

    private static func record(_ cursor: inout DNSCursor) throws(DNSFormatError) -> DNSRecord {
        let name = try cursor.name()
        let type = DNSType(rawValue: try cursor.number16())
        let kind = DNSClass(rawValue: try cursor.number16())
        let ttl = try cursor.number32()
        let length = Int(try cursor.number16())
        var part = try cursor.part(length)
        let data = length == 0 ? DNSData.empty : try Self.data(&part, type)
        guard part.remaining == 0 else { throw .badData(type: type) }
        return DNSRecord(name, type, kind, ttl: ttl, data)
    }

    private static func data(_ part: inout DNSCursor, _ type: DNSType) throws(DNSFormatError) -> DNSData {
        switch type {
        case .a: return .address(IPv4(bits: try part.number32()))
        case .cname: return .name(try part.name())
        case .txt:
            var strings: [[UInt8]] = []
            while part.remaining > 0 { strings.append(try part.take(Int(try part.byte()))) }
            return .text(strings)
        case .soa:
            let primary = try part.name()
            let mailbox = try part.name()
            let serial = try part.number32()
            var timers: [UInt32] = []
            for _ in 0..<4 { timers.append(try part.number32()) }
            return .authority(DNSAuthority(primary: primary, mailbox: mailbox, serial: serial, timers: timers))
        case .tsig:
            let algorithm = try part.name()
            let time = try part.number48()
            let fudge = try part.number16()
            let mac = try part.take(Int(try part.number16()))
            let id = try part.number16()
            let error = try part.number16()
            let other = try part.take(Int(try part.number16()))
            return .signature(
                DNSSignature(
                    algorithm: algorithm,
                    time: time,
                    fudge: fudge,
                    mac: mac,
                    originalID: id,
                    error: error,
                    other: other
                )
            )
        default: return .opaque(try part.take(part.remaining))
        }
    }
}
