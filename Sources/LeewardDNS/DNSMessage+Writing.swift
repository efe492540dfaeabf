extension DNSMessage {
    /// The message in wire form, names uncompressed; throws only when it would exceed 65535 bytes.
    package func encoded() throws(DNSFormatError) -> [UInt8] {
        var flags = UInt16(self.operation.rawValue) << 11 | UInt16(self.code.rawValue)
        if self.isAnswer { flags |= 0x8000 }
        if self.isAuthoritative { flags |= 0x0400 }
        if self.isTruncated { flags |= 0x0200 }
        if self.wantsRecursion { flags |= 0x0100 }
        if self.offersRecursion { flags |= 0x0080 }
        var bytes = DNSBytes()
        bytes.append16(self.id)
        bytes.append16(flags)
        for count in [self.questions.count, self.answers.count, self.authorities.count, self.additionals.count] {
            guard let count = UInt16(exactly: count) else { throw .tooLong(count * 12) }
            bytes.append16(count)
        }
        for question in self.questions {
            bytes.content += question.name.wire
            bytes.append16(question.type.rawValue)
            bytes.append16(question.class.rawValue)
        }
        for record in self.answers + self.authorities + self.additionals {
            bytes.content += record.name.wire
            bytes.append16(record.type.rawValue)
            bytes.append16(record.class.rawValue)
            bytes.append32(record.ttl)
            let data = try record.data.wire(record.type)
            guard let length = UInt16(exactly: data.count) else { throw .tooLong(data.count) }
            bytes.append16(length)
            bytes.content += data
        }
        guard bytes.content.count <= 65_535 else { throw .tooLong(bytes.content.count) }
        return bytes.content
    }
}

/// Big-endian numbers one after another.
struct DNSBytes {
    var content: [UInt8] = []

    mutating func append16(_ number: UInt16) { self.content += [UInt8(number >> 8), UInt8(number & 0xff)] }

    mutating func append32(_ number: UInt32) {
        self.append16(UInt16(number >> 16))
        self.append16(UInt16(number & 0xffff))
    }

    /// Only the low 48 bits are written.
    mutating func append48(_ number: UInt64) {
        self.append16(UInt16(number >> 32 & 0xffff))
        self.append32(UInt32(number & 0xffff_ffff))
    }
}

extension DNSData {
    func wire(_ type: DNSType) throws(DNSFormatError) -> [UInt8] {
        var bytes = DNSBytes()
        switch self {
        case .empty: break
        case .address(let address): bytes.append32(address.bits)
        case .name(let name): bytes.content = name.wire
        case .text(let strings):
            for string in strings {
                guard let count = UInt8(exactly: string.count) else { throw .badData(type: type) }
                bytes.content.append(count)
                bytes.content += string
            }
        case .authority(let authority):
            bytes.content = authority.primary.wire + authority.mailbox.wire
            bytes.append32(authority.serial)
            for timer in authority.timers { bytes.append32(timer) }
        case .signature(let signature):
            guard let mac = UInt16(exactly: signature.mac.count), let other = UInt16(exactly: signature.other.count)
            else { throw .badData(type: type) }
            bytes.content = signature.algorithm.wire
            bytes.append48(signature.time)
            bytes.append16(signature.fudge)
            bytes.append16(mac)
            bytes.content += signature.mac
            bytes.append16(signature.originalID)
            bytes.append16(signature.error)
            bytes.append16(other)
            bytes.content += signature.other
        case .opaque(let content): bytes.content = content
        }
        return bytes.content
    }
}
