import LeewardModel
import NIOCore
import Testing

@testable import LeewardLab

@Suite struct ClientTests {
    private func ledger() -> ClientLedger {
        ClientLedger(
            start: WallTime(milliseconds: 5000),
            entries: ["us-east-1", "eu-west-1"],
            geographies: ["us-east", "europe"],
            timeout: .seconds(1)
        )
    }

    @Test func aRequestCountsInTheSecondInWhichItWasDue() {
        var ledger = self.ledger()
        ledger.noteDue(second: 0, geography: 0, honoursTTL: true)
        ledger.noteDue(second: 1, geography: 0, honoursTTL: false)
        let good = ClientOutcome.answered(status: 200, servedBy: 1)
        ledger.note(good, second: 0, geography: 0, entry: 0, honoursTTL: true, microseconds: 900_000)
        ledger.note(.failed("refused"), second: 1, geography: 0, entry: 0, honoursTTL: false, microseconds: 100)
        let seconds = ledger.finish(before: 2)
        #expect(seconds.map(\.start.milliseconds) == [5000, 6000])
        #expect(seconds[0].total == RequestTally(due: 1, good: 1))
        #expect(seconds[0].served == ["eu-west-1": 1])
        #expect(seconds[0].geographies["us-east"]?.entered == ["us-east-1": .init(due: 1, good: 1)])
        #expect(seconds[1].ignoring == RequestTally(due: 1, good: 0))
        #expect(seconds[1].geographies["us-east"]?.failures == ["refused": 1])
        #expect(ledger.total == RequestTally(due: 2, good: 1))
    }

    @Test func aFinishedSecondDoesNotChangeAndCellsStartEmptyAgain() {
        var ledger = self.ledger()
        ledger.noteDue(second: 0, geography: 1, honoursTTL: true)
        _ = ledger.finish(before: 1)
        ledger.note(.failed("timeout"), second: 0, geography: 1, entry: 0, honoursTTL: true, microseconds: 1)
        _ = ledger.finish(before: 3)
        #expect(ledger.seconds[0].total == RequestTally(due: 1, good: 0))
        #expect(ledger.seconds[1].total == RequestTally(due: 0, good: 0))
        #expect(ledger.seconds[2].geographies["europe"]?.failures == [:])
    }

    @Test func onlyStatusesFrom200To299AreGood() {
        var ledger = self.ledger()
        for status in [199, 200, 299, 300, 404, 503] {
            ledger.noteDue(second: 0, geography: 0, honoursTTL: true)
            let outcome = ClientOutcome.answered(status: status, servedBy: 0)
            ledger.note(outcome, second: 0, geography: 0, entry: 0, honoursTTL: true, microseconds: 1)
        }
        #expect(ledger.finish(before: 1)[0].total == RequestTally(due: 6, good: 2))
    }

    @Test func latencyIsReadInMilliseconds() {
        var ledger = self.ledger()
        for index in 1...100 {
            ledger.noteDue(second: 0, geography: 0, honoursTTL: true)
            ledger.note(
                .answered(status: 200, servedBy: 0),
                second: 0,
                geography: 0,
                entry: 0,
                honoursTTL: true,
                microseconds: UInt64(index) * 1000
            )
        }
        let cell = ledger.finish(before: 1)[0].geographies["us-east"]
        #expect(abs((cell?.p50 ?? 0) - 50) < 1)
        #expect(abs((cell?.p99 ?? 0) - 99) < 2)
    }

    @Test func metricsShowARegionThatNobodyEntersAsZero() {
        var ledger = self.ledger()
        ledger.noteDue(second: 0, geography: 0, honoursTTL: true)
        let good = ClientOutcome.answered(status: 200, servedBy: 1)
        ledger.note(good, second: 0, geography: 0, entry: 0, honoursTTL: true, microseconds: 1)
        let text = ClientMetrics.text(
            regions: ledger.regions,
            geographies: ledger.geographies,
            counts: ledger.cumulative
        )
        #expect(text.contains("leeward_client_good_total{region=\"us-east-1\",geography=\"us-east\"} 1\n"))
        #expect(text.contains("leeward_client_good_total{region=\"eu-west-1\",geography=\"europe\"} 0\n"))
        #expect(text.contains("leeward_client_requests_total{region=\"us-east-1\",geography=\"us-east\"} 1\n"))
        #expect(!text.contains("unknown"))
    }

    @Test func anAnswerIsTakenWholeAndInPieces() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 25\r\nx-envoy: 1\r\n\r\nplay eu-west-1 play-0001x\nHTTP"
        var whole = ByteBuffer(string: text)
        let summary = ResponseSummary(status: 200, servedBy: "eu-west-1", closesConnection: false)
        #expect(ResponseReader.take(from: &whole) == .whole(summary))
        #expect(whole.readableBytes == 5)
        for length in 0..<(text.utf8.count - 5) {
            var piece = ByteBuffer(bytes: text.utf8.prefix(length))
            #expect(ResponseReader.take(from: &piece) == .incomplete, "\(length)")
        }
    }

    @Test func aHeaderNamesTheServingRegionBeforeTheBody() {
        var buffer = ByteBuffer(
            string: "HTTP/1.1 503 X\r\nX-Served-By: us-west-2 \r\nConnection: Close\r\ncontent-length: 5\r\n\r\na b c"
        )
        let summary = ResponseSummary(status: 503, servedBy: "us-west-2", closesConnection: true)
        #expect(ResponseReader.take(from: &buffer) == .whole(summary))
    }

    @Test func chunkedAnswersEndWithTheirLastChunk() {
        let text = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        var buffer = ByteBuffer(string: text)
        #expect(
            ResponseReader.take(from: &buffer)
                == .whole(.init(status: 200, servedBy: nil, closesConnection: false))
        )
        #expect(buffer.readableBytes == 0)
        var cut = ByteBuffer(string: String(text.dropLast(2)))
        #expect(ResponseReader.take(from: &cut) == .incomplete)
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2p1", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n"])
    func whatIsNoHTTPIsMalformed(text: String) {
        var buffer = ByteBuffer(string: text)
        #expect(ResponseReader.take(from: &buffer) == .malformed)
    }

    @Test func anAddressAnswerIsReadWithItsShortestTTL() {
        var message = AddressQuery.encode("us-east.lab.test", id: 77)
        message.setInteger(UInt16(0x8180), at: 2)
        message.setInteger(UInt16(2), at: 6)
        for (ttl, last) in [(UInt32(5), UInt8(2)), (3, 3)] {
            message.writeMultipleIntegers(UInt16(0xc00c), UInt16(1), UInt16(1), ttl, UInt16(4))
            message.writeBytes([127, 0, 1, last])
        }
        let decoded = AddressQuery.decode(message)
        #expect(decoded?.id == 77)
        #expect(decoded?.answer == .init(addresses: ["127.0.1.2", "127.0.1.3"], ttl: 3))
        #expect(AddressQuery.decode(ByteBuffer(bytes: [0, 1, 2])) == nil)
        message.setInteger(UInt16(0x8183), at: 2)
        #expect(AddressQuery.decode(message)?.answer == nil)
    }

    @Test func everyProblemOfTheSettingsIsNamed() {
        let settings = ClientSettings(
            control: .unix(path: "/run/clients.sock"),
            metrics: .tcp(host: "127.0.0.1", port: 1),
            resolver: "127.0.0.1:53",
            token: nil,
            entries: [],
            geographies: [.init(id: "europe", host: "europe.lab.test", requestsPerSecond: 0)],
            services: [.init(id: "play", path: "/play", weight: 0)],
            ignoringTTL: 10_001
        )
        #expect(settings.problems.count == 4)
    }
}
