import Crypto

/// Signs requests and checks signed answers by RFC 8945 with hmac-sha256.
package enum TSIG {
    package static let algorithm = DNSName(labels: [Array("hmac-sha256".utf8)]) ?? .root
    /// Seconds by which the clocks may differ, as the RFC recommends.
    package static let fudge: UInt16 = 300

    /// Why an answer cannot be trusted, or what the server said about our signature.
    package enum Failure: Error, Hashable, Sendable {
        /// No signature although the request had one; the header's code may still say why.
        case unsigned
        /// The bytes are no message, or the signature stands elsewhere than last.
        case malformed
        /// Signed by another key or not by a holder of ours, or the answer to something else.
        case badMAC
        /// Correctly signed, but longer ago (or further ahead) than the clocks may differ.
        case outsideWindow(seconds: Int64)
        /// The server does not know the key.
        case keyUnknown
        /// The server knows the key's name and finds our signature wrong: the secrets differ.
        case signatureRejected
        /// The server's clock differs by so many seconds.
        case clocksDiffer(seconds: Int64)
        /// Any other TSIG error.
        case other(UInt16)
    }

    /// A request as it goes out, and its MAC, which the answer's signature covers too.
    package struct Signed: Hashable, Sendable {
        package var bytes: [UInt8]
        package var mac: [UInt8]
    }

    /// Appends the signature; `time` is in seconds since 1970.
    ///
    /// An answer's signature covers the MAC of the request that it answers.
    package static func sign(
        _ message: DNSMessage,
        key: TSIGKey,
        time: UInt64,
        answering requestMAC: [UInt8]? = nil
    ) throws(DNSFormatError) -> Signed {
        let plain = try message.encoded()
        var signature = DNSSignature(
            algorithm: self.algorithm,
            time: time,
            fudge: self.fudge,
            mac: [],
            originalID: message.id,
            error: 0,
            other: []
        )
        let covered = self.prefix(requestMAC) + plain + self.variables(signature, key: key.name)
        let mac = Array(HMAC<SHA256>.authenticationCode(for: covered, using: key.secret))
        signature.mac = mac
        var signed = message
        signed.additionals.append(self.record(signature, key: key.name))
        return Signed(bytes: try signed.encoded(), mac: mac)
    }

    /// The answer to a request that was signed with `requestMAC`, or why it cannot be trusted.
    ///
    /// The MAC is checked before the time, so that a forged answer learns nothing about our clock.
    package static func verify(
        _ bytes: [UInt8],
        key: TSIGKey,
        requestMAC: [UInt8],
        time: UInt64
    ) throws(Failure) -> DNSMessage {
        guard let (message, lastRecord) = try? DNSMessage.read(bytes), bytes.count >= 12 else { throw .malformed }
        let signatures = (message.answers + message.authorities + message.additionals).filter { $0.type == .tsig }
        guard !signatures.isEmpty else { throw .unsigned }
        guard signatures.count == 1, let record = message.additionals.last, let lastRecord,
            case .signature(let signature) = record.data, record.class == .any, record.ttl == 0
        else { throw .malformed }
        // These two are never signed: the server lacks what it would sign with.
        if signature.mac.isEmpty {
            switch signature.error {
            case 17: throw .keyUnknown
            case 16: throw .signatureRejected
            case 0: throw .unsigned
            default: throw .other(signature.error)
            }
        }
        guard record.name == key.name, signature.algorithm == self.algorithm else { throw .badMAC }
        var covered = DNSBytes(content: self.prefix(requestMAC))
        covered.append16(signature.originalID)
        covered.content += bytes[2..<10]
        covered.append16(UInt16(message.additionals.count - 1))
        covered.content += bytes[12..<lastRecord]
        covered.content += self.variables(signature, key: key.name)
        guard HMAC<SHA256>.isValidAuthenticationCode(signature.mac, authenticating: covered.content, using: key.secret)
        else { throw .badMAC }
        if signature.error == 18 { throw .clocksDiffer(seconds: self.skew(signature, time: time)) }
        guard signature.error == 0 else { throw .other(signature.error) }
        let skew = Int64(signature.time) - Int64(clamping: time)
        guard skew.magnitude <= UInt64(signature.fudge) else { throw .outsideWindow(seconds: skew) }
        var plain = message
        plain.additionals.removeLast()
        return plain
    }

    private static func skew(_ signature: DNSSignature, time: UInt64) -> Int64 {
        guard signature.other.count == 6 else { return 0 }
        return Int64(signature.other.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) - Int64(clamping: time)
    }

    private static func record(_ signature: DNSSignature, key: DNSName) -> DNSRecord {
        DNSRecord(key, .tsig, .any, ttl: 0, .signature(signature))
    }

    private static func prefix(_ requestMAC: [UInt8]?) -> [UInt8] {
        guard let requestMAC else { return [] }
        var bytes = DNSBytes()
        bytes.append16(UInt16(truncatingIfNeeded: requestMAC.count))
        return bytes.content + requestMAC
    }

    /// What is signed beside the message itself (RFC 8945, section 4.3.3).
    private static func variables(_ signature: DNSSignature, key: DNSName) -> [UInt8] {
        var bytes = DNSBytes(content: key.wire)
        bytes.append16(DNSClass.any.rawValue)
        bytes.append32(0)
        bytes.content += signature.algorithm.wire
        bytes.append48(signature.time)
        bytes.append16(signature.fudge)
        bytes.append16(signature.error)
        bytes.append16(UInt16(truncatingIfNeeded: signature.other.count))
        bytes.content += signature.other
        return bytes.content
    }
}
