/// A record type by its number.
package struct DNSType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    package static let a = DNSType(rawValue: 1)
    package static let cname = DNSType(rawValue: 5)
    package static let soa = DNSType(rawValue: 6)
    package static let txt = DNSType(rawValue: 16)
    package static let tsig = DNSType(rawValue: 250)
    package var description: String {
        switch self {
        case .a: "A"
        case .cname: "CNAME"
        case .soa: "SOA"
        case .txt: "TXT"
        case .tsig: "TSIG"
        default: "TYPE\(self.rawValue)"
        }
    }
}

/// A record class; in an update `none` and `any` carry the meanings of RFC 2136 sections 2.4 and 2.5.
package struct DNSClass: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    package static let internet = DNSClass(rawValue: 1)
    package static let none = DNSClass(rawValue: 254)
    package static let any = DNSClass(rawValue: 255)
}

/// What is asked; in an update, the zone.
package struct DNSQuestion: Hashable, Sendable {
    package var name: DNSName
    package var type: DNSType
    package var `class`: DNSClass
    package init(_ name: DNSName, _ type: DNSType, _ class: DNSClass = .internet) {
        self.name = name
        self.type = type
        self.class = `class`
    }
}

/// One resource record.
package struct DNSRecord: Hashable, Sendable {
    package var name: DNSName
    package var type: DNSType
    package var `class`: DNSClass
    /// Seconds.
    package var ttl: UInt32
    package var data: DNSData
    package init(_ name: DNSName, _ type: DNSType, _ class: DNSClass = .internet, ttl: UInt32, _ data: DNSData) {
        self.name = name
        self.type = type
        self.class = `class`
        self.ttl = ttl
        self.data = data
    }
}

/// The data of a record, as far as Leeward understands it.
package enum DNSData: Hashable, Sendable {
    /// No data at all: prerequisites and deletions of RFC 2136.
    case empty
    case address(IPv4)
    case name(DNSName)
    case text([[UInt8]])
    case authority(DNSAuthority)
    case signature(DNSSignature)
    case opaque([UInt8])
}

/// An IPv4 address.
package struct IPv4: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var bits: UInt32
    package init(bits: UInt32) { self.bits = bits }
    /// Reads four decimal numbers of 0...255 without leading zeros; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let number = UInt8(part), String(number) == part else { return nil }
            bits = bits << 8 | UInt32(number)
        }
        self.bits = bits
    }
    package static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
    package var description: String {
        [24, 16, 8, 0].map { String(self.bits >> UInt32($0) & 0xff) }.joined(separator: ".")
    }
}

/// The start of authority of a zone.
package struct DNSAuthority: Hashable, Sendable {
    package var primary: DNSName
    package var mailbox: DNSName
    package var serial: UInt32
    /// Refresh, retry, expire and minimum, in seconds.
    package var timers: [UInt32]
    package init(primary: DNSName, mailbox: DNSName, serial: UInt32, timers: [UInt32]) {
        self.primary = primary
        self.mailbox = mailbox
        self.serial = serial
        self.timers = timers
    }
}

/// The data of a TSIG record (RFC 8945, section 4.2).
package struct DNSSignature: Hashable, Sendable {
    package var algorithm: DNSName
    /// Seconds since 1970, 48 bits.
    package var time: UInt64
    /// Seconds by which the two clocks may differ.
    package var fudge: UInt16
    package var mac: [UInt8]
    package var originalID: UInt16
    package var error: UInt16
    package var other: [UInt8]
    package init(
        algorithm: DNSName,
        time: UInt64,
        fudge: UInt16,
        mac: [UInt8],
        originalID: UInt16,
        error: UInt16,
        other: [UInt8]
    ) {
        self.algorithm = algorithm
        self.time = time
        self.fudge = fudge
        self.mac = mac
        self.originalID = originalID
        self.error = error
        self.other = other
    }
}
