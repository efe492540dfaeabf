import LeewardDNS
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

/// Answers that no well-behaved server gives, or gives only in trouble: each must end as silence or as an honest outcome.
@Suite struct ScriptedServerTests {
    /// Runs the body with a zone whose only server answers by the script.
    private func with(
        _ script: @escaping @Sendable ([UInt8]) -> [UInt8]?,
        _ body: (DNSZone) async throws -> Void
    ) async throws {
        let relay = try ZoneConformanceRelay(to: 1, mode: .script(script))
        defer { relay.stop() }
        try await body(RunningServer.zone(servers: [relay.address], hosts: ["europe.lab.test"], time: { Self.now }))
    }

    private static let now: UInt64 = 1_700_000_000

    /// What a healthy authority would answer.
    private static func healthy(_ request: [UInt8]) -> DNSMessage? {
        guard var message = try? DNSMessage(decoding: request), let question = message.questions.first,
            let zone = DNSName("lab.test"), let address = IPv4("127.0.1.3")
        else { return nil }
        message.isAnswer = true
        message.isAuthoritative = true
        switch question.type {
        case .soa:
            let authority = DNSAuthority(primary: zone, mailbox: zone, serial: 7, timers: [1, 1, 1, 1])
            message.answers = [DNSRecord(question.name, .soa, ttl: 5, .authority(authority))]
        case .txt:
            let text = Array("v1 generation=3 epoch=2 key=k".utf8)
            message.answers = [DNSRecord(question.name, .txt, ttl: 0, .text([text]))]
        default: message.answers = [DNSRecord(question.name, .a, ttl: 5, .address(address))]
        }
        return message
    }

    @Test func theHealthyScriptIsReported() async throws {
        try await self.with({ try? Self.healthy($0)?.encoded() }) { zone in
            let server = try #require(await zone.report().servers.first)
            #expect(server.serial == 7)
            #expect(server.marker == mark(3, 2, "k"))
            #expect(server.records == ["europe.lab.test": ["127.0.1.3"]])
        }
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var apply: @Sendable (inout DNSMessage) -> Void
        init(_ what: String, _ apply: @escaping @Sendable (inout DNSMessage) -> Void) {
            self.testDescription = what
            self.apply = apply
        }
    }

    @Test(arguments: [
        Damage("SERVFAIL") { ($0.code, $0.answers) = (.serverFailure, []) },
        Damage("REFUSED") { ($0.code, $0.answers) = (.refused, []) },
        Damage("FORMERR without the question") { ($0.code, $0.questions, $0.answers) = (.formatError, [], []) },
        Damage("not the authority") { $0.isAuthoritative = false },
        Damage("not the authority, no records") { ($0.isAuthoritative, $0.answers) = (false, []) },
        Damage("cut short even over TCP") { ($0.isTruncated, $0.answers) = (true, []) },
        Damage("another id") { $0.id &+= 1 },
        Damage("another question") { $0.questions = [DNSQuestion(.root, .a)] },
        Damage("no question") { $0.questions = [] },
        Damage("a request") { $0.isAnswer = false },
        Damage("NXDOMAIN with records") { $0.code = .nameError },
        Damage("records of another name") { $0.answers = $0.answers.map { .init(.root, $0.type, ttl: 5, $0.data) } },
        Damage("a record without data") { $0.answers = $0.answers.map { .init($0.name, $0.type, ttl: 5, .empty) } },
        Damage("an alias") { message in
            message.answers = message.answers.map { .init($0.name, .cname, ttl: 5, .name(.root)) }
        },
    ])
    func anAnswerThatSaysNothingAboutTheZoneIsSilence(_ damage: Damage) async throws {
        for type in [DNSType.soa, .txt, .a] {
            let script: @Sendable ([UInt8]) -> [UInt8]? = { request in
                guard var message = Self.healthy(request) else { return nil }
                if message.questions.first?.type == type { damage.apply(&message) }
                return try? message.encoded()
            }
            try await self.with(script) { zone in
                #expect(await zone.report() == ZoneReport(servers: [], silent: zone.spec.servers), "for \(type)")
            }
        }
    }

    @Test func aMarkerThatLeewardDidNotWriteIsNotNoMarker() async throws {
        let script: @Sendable ([UInt8]) -> [UInt8]? = { request in
            guard var message = Self.healthy(request) else { return nil }
            message.answers = message.answers.map {
                $0.type == .txt ? .init($0.name, .txt, ttl: 0, .text([Array("hello".utf8)])) : $0
            }
            return try? message.encoded()
        }
        try await self.with(script) { zone in
            #expect(await zone.report().servers.isEmpty)
            #expect(await zone.problems().first?.contains("_leeward.lab.test") == true)
        }
    }

    @Test func namesThatDoNotExistAreEmptyOnlyIfTheAuthoritySaysSo() async throws {
        let script: @Sendable ([UInt8]) -> [UInt8]? = { request in
            guard var message = Self.healthy(request) else { return nil }
            if message.questions.first?.type != .soa { (message.code, message.answers) = (.nameError, []) }
            return try? message.encoded()
        }
        try await self.with(script) { zone in
            let server = try #require(await zone.report().servers.first)
            #expect(server.marker == nil)
            #expect(server.records == ["europe.lab.test": []])
        }
    }

    enum Signing: Sendable { case none, right, wrongKey, otherRequest, keyUnknown, signatureRejected }

    enum Ending: Sendable { case done, refused, failed, unknown }

    @Test(arguments: [
        (DNSCode.noError, Signing.right, Ending.done), (.noError, .none, .unknown), (.noError, .wrongKey, .unknown),
        (.noError, .otherRequest, .unknown), (.serverFailure, .right, .failed), (.serverFailure, .none, .failed),
        (.refused, .right, .failed), (.refused, .none, .failed), (.refused, .wrongKey, .unknown),
        (.notAuthoritative, .right, .refused), (.notAuthoritative, .keyUnknown, .refused),
        (.notAuthoritative, .signatureRejected, .refused), (.notImplemented, .none, .refused),
        (.formatError, .none, .refused), (.notInZone, .right, .refused), (.setMissing, .none, .unknown),
        // Signed, so the marker is read back: the script's marker carries the key k and generation 3.
        (.setMissing, .right, .done), (.setExists, .right, .done),
    ])
    func anUpdateEndsAsItsAnswerProves(_ code: DNSCode, _ signing: Signing, _ ending: Ending) async throws {
        let key = try testKey()
        let other = try testKey("T3RoZXIga2V5IG9mIHRoZSBzYW1lIGxlbmd0aC4uLiE=")
        let script: @Sendable ([UInt8]) -> [UInt8]? = { request in
            guard let message = try? DNSMessage(decoding: request) else { return nil }
            guard message.operation == .update else { return try? Self.healthy(request)?.encoded() }
            return Self.updateAnswer(to: message, code, signing, key, other)
        }
        try await self.with(script) { zone in
            let wanted = change("europe.lab.test", from: ["127.0.1.3"], to: ["127.0.1.1"], marker: nil, generation: 3)
            let outcome = await zone.update(wanted, fence: fence(2, "k"))
            let found: Ending =
                switch outcome {
                case .done: .done
                case .refused: .refused
                case .failed: .failed
                case .unknown: .unknown
                }
            #expect(found == ending, "\(outcome)")
        }
    }

    private static func updateAnswer(
        to request: DNSMessage,
        _ code: DNSCode,
        _ signing: Signing,
        _ key: TSIGKey,
        _ other: TSIGKey
    ) -> [UInt8]? {
        guard case .signature(var signature)? = request.additionals.last?.data, let name = DNSName("leeward") else {
            return nil
        }
        var answer = DNSMessage(id: request.id, operation: .update)
        answer.isAnswer = true
        answer.code = code
        answer.questions = request.questions
        let mac = signature.mac
        signature.mac = []
        switch signing {
        case .none: return try? answer.encoded()
        case .right: return try? TSIG.sign(answer, key: key, time: self.now, answering: mac).bytes
        case .wrongKey: return try? TSIG.sign(answer, key: other, time: self.now, answering: mac).bytes
        case .otherRequest: return try? TSIG.sign(answer, key: key, time: self.now, answering: [1]).bytes
        case .keyUnknown: signature.error = 17
        case .signatureRejected: signature.error = 16
        }
        answer.additionals = [DNSRecord(name, .tsig, .any, ttl: 0, .signature(signature))]
        return try? answer.encoded()
    }

    /// The key of an old effect on a marker of another generation is no proof that this one landed.
    @Test func theSameKeyWithAnotherGenerationIsRefused() async throws {
        let key = try testKey()
        let script: @Sendable ([UInt8]) -> [UInt8]? = { request in
            guard let message = try? DNSMessage(decoding: request) else { return nil }
            guard message.operation == .update else { return try? Self.healthy(request)?.encoded() }
            return Self.updateAnswer(to: message, .setMissing, .right, key, key)
        }
        try await self.with(script) { zone in
            let wanted = change("europe.lab.test", from: ["127.0.1.9"], to: ["127.0.1.1"], marker: nil, generation: 4)
            guard case .refused(let text) = await zone.update(wanted, fence: fence(2, "k")) else {
                Issue.record("it was taken for landed")
                return
            }
            #expect(text.contains("generation 3"))
        }
    }

    @Test func aServerThatHangsUpAfterTheUpdateLeavesItUnknown() async throws {
        try await self.with({ _ in nil }) { zone in
            guard case .unknown(let text) = await zone.claim(old: nil, fence: fence(1, "k")) else {
                Issue.record("an unanswered update was not unknown")
                return
            }
            #expect(text.contains("read back"))
        }
    }
}
