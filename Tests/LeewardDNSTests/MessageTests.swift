import LeewardDNS
import Testing

/// The wire format of RFC 1035; what Leeward writes it must read, and what servers write it must read too.
@Suite struct MessageTests {
    @Test func everyKindOfRecordSurvivesARoundTrip() throws {
        var message = DNSMessage(id: 0xbeef, operation: .update)
        message.isAnswer = true
        message.isAuthoritative = true
        message.wantsRecursion = true
        message.code = .setMissing
        message.questions = [DNSQuestion(try name("lab.test"), .soa)]
        message.answers = [
            DNSRecord(try name("a.lab.test"), .a, .none, ttl: 0, .empty),
            DNSRecord(try name("b.lab.test"), .a, ttl: 5, .address(try address("127.0.1.1"))),
            DNSRecord(try name("c.lab.test"), .cname, ttl: 5, .name(try name("b.lab.test"))),
        ]
        let authority = DNSAuthority(
            primary: try name("ns.lab.test"),
            mailbox: try name("admin.lab.test"),
            serial: .max,
            timers: [1, 2, 3, 4]
        )
        message.authorities = [
            DNSRecord(try name("lab.test"), .soa, ttl: 5, .authority(authority)),
            DNSRecord(try name("_leeward.lab.test"), .txt, ttl: 0, .text([Array("v1".utf8), [], [255, 0]])),
        ]
        let signature = DNSSignature(
            algorithm: TSIG.algorithm,
            time: 0xffff_ffff_ffff,
            fudge: 300,
            mac: [1, 2, 3],
            originalID: 7,
            error: 18,
            other: [9]
        )
        message.additionals = [
            DNSRecord(.root, DNSType(rawValue: 41), DNSClass(rawValue: 1232), ttl: 0, .opaque([0, 10, 0, 0])),
            DNSRecord(try name("leeward"), .tsig, .any, ttl: 0, .signature(signature)),
        ]
        #expect(try DNSMessage(decoding: message.encoded()) == message)
    }

    /// The example of RFC 1035, section 4.1.4: a name, one that ends in a pointer to it, and one that is a pointer into it.
    @Test func compressedNamesAreReadAsTheRFCShows() throws {
        var wire = bytes("1234 8400 0004 0000 0000 0000")
        wire += bytes("03 77 77 77 00 0001 0001")
        // F.ISI.ARPA at 21, so ARPA at 27.
        wire += bytes("01 46 03 49 53 49 04 41 52 50 41 00 0001 0001")
        wire += bytes("03 46 4f 4f c015 0001 0001")
        wire += bytes("c01b 0001 0001")
        let message = try DNSMessage(decoding: wire)
        #expect(
            try message.questions.map(\.name) == [
                name("www"), name("f.isi.arpa"), name("foo.f.isi.arpa"), name("arpa"),
            ]
        )
    }

    @Test func namesInsideASOARecordMayBeCompressed() throws {
        var wire = bytes("0001 8400 0001 0001 0000 0000")
        wire += bytes("03 6c6162 04 74657374 00 0006 0001")
        wire += bytes("c00c 0006 0001 00000005 001d")
        wire += bytes("02 6e73 c00c 01 61 c00c 0000002a 00000001 00000002 00000003 00000004")
        let message = try DNSMessage(decoding: wire)
        guard case .authority(let authority)? = message.answers.first?.data else {
            Issue.record("no SOA in \(message)")
            return
        }
        #expect(authority.serial == 42)
        #expect(try authority.primary == name("ns.lab.test"))
        #expect(try authority.mailbox == name("a.lab.test"))
    }

    @Test(arguments: [
        ("a pointer to itself", "c00c 0001 0001"),
        ("a pointer forward", "c00e 0001 0001 00"),
        ("two pointers in a ring", "01 61 c00e c00c 0001 0001"),
        ("a pointer past the end", "ffff 0001 0001"),
        ("a label type of no RFC", "8061 00 0001 0001"),
        ("a label past the end", "3f 61"),
        ("no type", "00"),
    ])
    func namesThatLeadNowhereAreErrors(_ what: String, _ question: String) {
        #expect(throws: DNSFormatError.self, "\(what)") {
            try DNSMessage(decoding: bytes("0001 0000 0001 0000 0000 0000") + bytes(question))
        }
    }

    @Test(arguments: [
        ("A with 3 bytes", "0001 0001 00000000 0003 7f0001"),
        ("A with 5 bytes", "0001 0001 00000000 0005 7f00000101"),
        ("TXT longer than its data", "0010 0001 00000000 0002 0561"),
        ("data past the end", "0010 0001 00000000 ffff 00"),
        ("SOA without numbers", "0006 0001 00000000 0002 0000"),
        ("TSIG whose MAC is longer than it", "00fa 00ff 00000000 000d 00 000000000001 012c ffff 0000"),
    ])
    func damagedDataIsAnError(_ what: String, _ record: String) {
        #expect(throws: DNSFormatError.self, "\(what)") {
            try DNSMessage(decoding: bytes("0001 8000 0000 0001 0000 0000 00") + bytes(record))
        }
    }

    @Test func whatFollowsTheMessageIsAnError() throws {
        let wire = try DNSMessage(id: 1).encoded()
        #expect(throws: DNSFormatError.trailingBytes(1)) { try DNSMessage(decoding: wire + [0]) }
        #expect(throws: DNSFormatError.tooLong(65_536)) {
            try DNSMessage(decoding: wire + [UInt8](repeating: 0, count: 65_536 - wire.count))
        }
    }

    @Test func aMessageThatDoesNotFitIsNotWritten() throws {
        var message = DNSMessage(id: 1)
        let record = DNSRecord(try name("a.lab.test"), .a, ttl: 5, .address(try address("127.0.1.1")))
        message.answers = Array(repeating: record, count: 4000)
        #expect(throws: DNSFormatError.self) { try message.encoded() }
    }
}
