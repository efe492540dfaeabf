import LeewardDNS
import LeewardProviders
import LeewardTestKit
import Testing

@Suite struct TSIGTests {
    @Test func aSignatureStandsLastAndLeavesTheMessageAsItWas() throws {
        var message = DNSMessage(id: 5, operation: .update)
        message.questions = [DNSQuestion(try name("lab.test"), .soa)]
        let signed = try TSIG.sign(message, key: testKey(), time: 1_700_000_000)
        let read = try DNSMessage(decoding: signed.bytes)
        let record = try #require(read.additionals.last)
        message.additionals = [record]
        #expect(read == message)
        guard case .signature(let signature) = record.data else {
            Issue.record("the last record is \(record)")
            return
        }
        #expect(signature.mac == signed.mac)
        #expect(signature.mac.count == 32)
        #expect(signature.time == 1_700_000_000)
        #expect(signature.originalID == 5)
    }

    @Test func aKeyFileHoldsOneLineOfBase64() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("\n" + ZoneConformanceServer.secret + " \n", to: "key")
        let read = try TSIGKey.read(name: "Leeward.", file: file)
        let message = DNSMessage(id: 1)
        #expect(try TSIG.sign(message, key: read, time: 1) == TSIG.sign(message, key: testKey(), time: 1))
    }

    @Test(arguments: [
        ("", "0 lines"), ("\n\n", "0 lines"), ("AAAA\nBBBB", "2 lines"), ("not base64!", "not base64"),
        ("c2hvcnQ=", "5 bytes"),
    ])
    func aBadKeyFileIsNamedWithTheRemedyButNotItsSecret(_ text: String, _ reason: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "key")
        let error = try #require(throws: ProviderError.self) { try TSIGKey.read(name: "leeward", file: file) }
        #expect(error.description.contains(file))
        #expect(error.description.contains(reason))
        #expect(text.isEmpty || !error.description.contains(text))
        #expect(error.retry == .never)
    }

    @Test func aMissingKeyFileIsNamed() throws {
        let error = try #require(throws: ProviderError.self) {
            try TSIGKey.read(name: "leeward", file: "/nonexistent/leeward.key")
        }
        #expect(error.description.contains("/nonexistent/leeward.key"))
        #expect(error.description.contains("No such file"))
    }

    @Test func aKeyNeverShowsItsSecret() throws {
        #expect(try "\(testKey())" == "leeward (hmac-sha256)")
        #expect(try !String(reflecting: testKey()).contains(ZoneConformanceServer.secret))
    }

    // MARK: - An exchange between nsupdate and BIND 9.18, as it went over the wire

    private static let requestMAC = bytes("6d84554fc124946a3bf9a69ad5fd9b7886daa87dc8f6db78aeb755a54e591fca")
    private static let answer = bytes(
        """
        2a4aa8000001000000000001036c616204746573740000060001076c6565776172640000fa00ff00000000003d0b686d61632d736861\
        3235360000006b010982012c00209239d31d0c5a31e2c6721caa9def16eb8060cbebe7f26efe2cc4e640a45577d62a4a00000000
        """
    )
    private static let time: UInt64 = 0x6b01_0982

    @Test func anAnswerThatBINDSignedIsBelieved() throws {
        let message = try TSIG.verify(Self.answer, key: testKey(), requestMAC: Self.requestMAC, time: Self.time)
        #expect(message.operation == .update)
        #expect(message.isAnswer)
        #expect(message.code == .noError)
        #expect(message.additionals.isEmpty)
    }

    @Test func anAnswerToAnotherRequestIsNotBelieved() throws {
        var mac = Self.requestMAC
        mac[31] ^= 1
        #expect(throws: TSIG.Failure.badMAC) {
            try TSIG.verify(Self.answer, key: testKey(), requestMAC: mac, time: Self.time)
        }
    }

    @Test func anAnswerSignedWithAnotherSecretOrNameIsNotBelieved() throws {
        let keys = [try testKey("T3RoZXIga2V5IG9mIHRoZSBzYW1lIGxlbmd0aC4uLiE="), try testKey(name: "other")]
        for key in keys {
            #expect(throws: TSIG.Failure.badMAC) {
                try TSIG.verify(Self.answer, key: key, requestMAC: Self.requestMAC, time: Self.time)
            }
        }
    }

    @Test(arguments: [Int64(-301), 301, 1_000_000])
    func anAnswerFromOutsideTheTimeWindowIsNotBelieved(_ seconds: Int64) throws {
        #expect(throws: TSIG.Failure.outsideWindow(seconds: -seconds)) {
            try TSIG.verify(
                Self.answer,
                key: testKey(),
                requestMAC: Self.requestMAC,
                time: UInt64(Int64(Self.time) + seconds)
            )
        }
    }

    @Test(arguments: [Int64(-300), 300])
    func theWindowIsFiveMinutesToEitherSide(_ seconds: Int64) throws {
        let time = UInt64(Int64(Self.time) + seconds)
        _ = try TSIG.verify(Self.answer, key: testKey(), requestMAC: Self.requestMAC, time: time)
    }

    @Test func everyChangedBitThatIsSignedBreaksTheSignature() throws {
        let key = try testKey()
        // Only the id in the header is not signed. Names are signed in lower case: of the key's and the algorithm's
        // letters, the case is free.
        let letters = Array(27...33) + Array(46...56)
        for index in Self.answer.indices where index >= 2 {
            for bit in 0..<8 where !(bit == 5 && letters.contains(index)) {
                var damaged = Self.answer
                damaged[index] ^= 1 << UInt8(bit)
                #expect(throws: TSIG.Failure.self, "bit \(bit) of byte \(index)") {
                    try TSIG.verify(damaged, key: key, requestMAC: Self.requestMAC, time: Self.time)
                }
            }
        }
    }
}
