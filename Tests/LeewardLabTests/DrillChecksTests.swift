import LeewardModel
import LeewardTestModel
import Testing

@testable import LeewardLab

@Suite struct DrillChecksTests {
    private static let addresses: SortedMap<GeographyID, [String]> = ["us-east": ["127.0.1.1"]]
    private static let limits = Limits.test {
        $0.emergencyLadder = [100, 10_000]
        $0.gentleLadder = [100, 10_000]
    }

    private func failed(
        _ fault: LabFault? = .backendsDown,
        change: (inout DrillRecord, inout DrillFindings) -> Void = { _, _ in },
        options adjust: (inout DrillOptions) -> Void = { _ in }
    ) -> [String] {
        var record = ReportSample.drill()
        record.kind = fault?.rawValue ?? "planned"
        var options = DrillOptions(fault: fault, region: "us-east-1", labFolder: "out/lab")
        adjust(&options)
        var findings = DrillFindings(
            failure: nil,
            hasLedger: true,
            expected: record.during,
            regions: ["eu-west-1", "us-east-1"],
            tables: ["us-east-1": record.before, "eu-west-1": record.before],
            addresses: [Self.addresses, ["us-east": ["127.0.1.3"]], Self.addresses],
            limits: Self.limits
        )
        change(&record, &findings)
        return DrillChecks.all(record, options: options, findings: findings).filter { !$0.isMet }.map(\.name)
    }

    @Test func aGoodDrillPasses() { #expect(self.failed() == []) }

    @Test func oneFailedRequestAfterRecoveryFailsTheDrill() {
        let found = self.failed { record, _ in
            record.timeline[290].geographies["europe"]?.total.good -= 1
        }
        #expect(found == ["no request failed after recovery"])
    }

    @Test func sharesMustReturnBitExact() {
        let found = self.failed { record, findings in
            record.after["us-east"] = ["us-east-1": 9999, "eu-west-1": 1]
            findings.tables["us-east-1"] = record.after
        }
        #expect(found == ["every proxy has the shares of before"])
    }

    @Test func aSingleProxyThatStayedBehindIsSeen() {
        let found = self.failed { record, findings in findings.tables["eu-west-1"] = record.during }
        #expect(found == ["every proxy has the shares of before"])
    }

    @Test func aProxyThatDoesNotAnswerIsNotOneThatAgrees() {
        let found = self.failed { _, findings in findings.tables["eu-west-1"] = nil }
        #expect(found == ["every proxy has the shares of before"])
    }

    @Test func theNameServerIsAskedAndNotTrusted() {
        let found = self.failed { _, findings in findings.addresses.removeLast() }
        #expect(found == ["the name server has the addresses of before"])
    }

    @Test func usersCountsMustAgreeWithTheShares() {
        let found = self.failed { record, _ in
            for index in 294..<300 {
                record.timeline[index].geographies["us-east"]?.served = ["eu-west-1": 1, "us-east-1": 309]
            }
        }
        #expect(found == ["users are served as before"])
    }

    @Test func instancesMustBalance() {
        #expect(self.failed { record, _ in record.ledger.orphans = 1 } == ["no orphan"])
        #expect(self.failed { record, _ in record.ledger.withdrawn = 13 } == ["every injected instance went home"])
        let unread = self.failed { _, findings in findings.hasLedger = false }
        #expect(unread == ["no orphan", "every injected instance went home"])
    }

    @Test func goingToAnotherSaviorIsNoPass() {
        let found = self.failed { _, findings in findings.expected["us-east"] = ["us-west-2": 10_000] }
        #expect(found == ["users went where the fleet file says"])
    }

    @Test func aStepThatDidNotComeFailsWithItsReason() {
        let found = self.failed { record, findings in
            findings.failure = "the evacuation did not come within 420 s"
            record.phase = "held"
        }
        #expect(found == ["the drill ran to its end", "the evacuation ended done"])
    }

    @Test func aPlannedDrillMayLoseNothing() {
        let calm = { (record: inout DrillRecord, _: inout DrillFindings) in
            for second in record.timeline.indices {
                for geography in record.timeline[second].geographies.keys {
                    let due = record.timeline[second].geographies[geography]?.total.due ?? 0
                    record.timeline[second].geographies[geography]?.total.good = due
                }
            }
        }
        #expect(self.failed(nil, change: calm) == [])
        #expect(self.failed(nil) == ["no request failed, out and back"])
        let short = self.failed(nil, change: calm, options: { $0.plannedRequests = 1_000_000 })
        #expect(short == ["at least 1,000,000 requests"])
    }

    @Test func aBlipMustNotTouchDNSOrBecomeAnEvacuation() {
        let found = self.failed(options: { $0.blipSeconds = 43 })
        #expect(found == ["no evacuation", "no DNS change"])
        let relieved = self.failed(
            change: { record, findings in
                findings.addresses = [Self.addresses]
                for index in record.samples.indices where record.samples[index].phase != "relieving" {
                    record.samples[index].phase = ""
                }
            },
            options: { $0.blipSeconds = 43 }
        )
        #expect(relieved == [])
    }

    @Test func withoutAControllerRecoveryIsTheFailure() {
        let found = self.failed(
            change: { record, _ in record.during = record.before },
            options: { $0.withDaemon = false }
        )
        #expect(found == ["without a controller users stay below 99.9 %"])
    }

    @Test func edgeDownHasNinetySecondsForDNSAndOneTTLMoreForUsers() {
        let quick = { (record: inout DrillRecord) in
            record.moments.committed = record.moments.outage.map { $0 + .seconds(85) }
        }
        #expect(self.failed(.edgeDown) { record, _ in quick(&record) } == [])
        #expect(self.failed(.edgeDown) == ["DNS committed within 90 s of the outage"])
        let late = self.failed(.edgeDown) { record, _ in
            quick(&record)
            for index in 30..<127 { record.timeline[index].geographies["us-east"]?.honouring.good = 0 }
        }
        #expect(late == ["users who honour the TTL are well within TTL + 90 s"])
    }
}
