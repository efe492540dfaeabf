import LeewardDNS
import Testing

/// No answer of a server, however damaged, may end the process or be taken for something that it is not (S33).
@Suite struct HostileInputTests {
    /// A message with every kind of record and many compressed names.
    private static func rich() throws -> [UInt8] {
        var wire = bytes("1234 8480 0001 0004 0001 0001")
        wire += bytes("03 6c6162 04 74657374 00 0006 0001")
        wire += bytes(
            "c00c 0006 0001 00000005 001d 02 6e73 c00c 01 61 c00c 0000002a 00000001 00000002 00000003 00000004"
        )
        wire += bytes("02 7573 c00c 0001 0001 00000005 0004 7f000101")
        wire += bytes("02 6575 c00c 0005 0001 00000005 0002 c00c")
        wire += bytes("08 5f6c656577617264 c00c 0010 0001 00000000 0006 03 763120 01 61")
        wire += bytes("c00c 0002 0001 00000005 0002 c01c")
        wire += bytes("07 6c656577617264 00 00fa 00ff 00000000 0021 0b 686d61632d736861323536 00")
        wire += bytes("000000000001 012c 0004 01020304 1234 0000 0000")
        return wire
    }

    @Test func theSeedMessageIsValid() throws {
        let message = try DNSMessage(decoding: Self.rich())
        #expect(message.answers.count == 4)
        #expect(message.additionals.count == 1)
    }

    @Test(arguments: UInt64(1)...8)
    func damagedMessagesAreReadOrRefusedButNeverTrap(_ seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        let original = try Self.rich()
        var refused = 0
        for _ in 0..<4000 {
            var wire = original
            for _ in 0..<Int.random(in: 1...6, using: &numbers) { Self.damage(&wire, &numbers) }
            do {
                let message = try DNSMessage(decoding: wire)
                // Whatever is accepted has one meaning.
                #expect(try DNSMessage(decoding: message.encoded()) == message)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 400, "the damage must reach the checks")
    }

    @Test(arguments: UInt64(1)...4)
    func randomBytesAreReadOrRefusedButNeverTrap(_ seed: UInt64) {
        var numbers = SeededNumbers(state: seed)
        for _ in 0..<4000 {
            let wire = (0..<Int.random(in: 0...200, using: &numbers)).map { _ in
                UInt8.random(in: 0...255, using: &numbers)
            }
            _ = try? DNSMessage(decoding: wire)
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let wire = try Self.rich()
        for length in 0..<wire.count {
            #expect(throws: DNSFormatError.self) { try DNSMessage(decoding: Array(wire.prefix(length))) }
        }
    }

    /// 16,000 pointers, each to the one before: reading all of them must stay cheap.
    @Test func aChainOfPointersIsRefused() {
        var wire = bytes("0001 0000 ffff 0000 0000 0000 00 0001 0001")
        var target = 12
        while wire.count < 16_000 {
            let here = wire.count
            wire += [0xc0 | UInt8(target >> 8), UInt8(target & 0xff), 0, 1, 0, 1]
            target = here
        }
        #expect(throws: DNSFormatError.badName) { try DNSMessage(decoding: wire) }
    }

    @Test(arguments: UInt64(1)...8)
    func aDamagedSignedAnswerIsNeverBelieved(_ seed: UInt64) throws {
        var numbers = SeededNumbers(state: seed)
        let key = try testKey()
        var answer = DNSMessage(id: 9, operation: .update)
        answer.isAnswer = true
        answer.questions = [DNSQuestion(try name("lab.test"), .soa)]
        let signed = try TSIG.sign(answer, key: key, time: 1000, answering: [1, 2, 3])
        #expect(try TSIG.verify(signed.bytes, key: key, requestMAC: [1, 2, 3], time: 1000) == answer)
        for _ in 0..<2000 {
            var wire = signed.bytes
            for _ in 0..<Int.random(in: 1...4, using: &numbers) { Self.damage(&wire, &numbers) }
            guard var message = try? TSIG.verify(wire, key: key, requestMAC: [1, 2, 3], time: 1000) else { continue }
            // The id in the header and the case of the key's name are not signed; whatever else passes is the original.
            message.id = answer.id
            #expect(message == answer, "\(wire)")
        }
    }

    private static func damage(_ wire: inout [UInt8], _ numbers: inout SeededNumbers) {
        guard !wire.isEmpty else { return }
        let index = Int.random(in: 0..<wire.count, using: &numbers)
        switch Int.random(in: 0..<6, using: &numbers) {
        case 0: wire[index] ^= 1 << UInt8.random(in: 0...7, using: &numbers)
        case 1: wire[index] = UInt8.random(in: 0...255, using: &numbers)
        case 2: wire.remove(at: index)
        case 3: wire.insert(UInt8.random(in: 0...255, using: &numbers), at: index)
        case 4: wire[index] = [0, 0x3f, 0x40, 0xc0, 0xff].randomElement(using: &numbers) ?? 0
        default: wire.removeLast(Int.random(in: 0...min(4, wire.count), using: &numbers))
        }
    }
}
