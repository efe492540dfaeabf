import LeewardModel
import Testing

@testable import LeewardEngine

/// A controller that is one of several: it follows, begins from the journal, and sends nothing without the lease.
@Suite struct SeatTests {
    private static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    private static func controller() throws -> Controller {
        let settings = try LeaseSettings(ttl: .seconds(10), callTimeout: .seconds(2))
        let lease = Lease(name: "controller-2", settings: settings)
        return Controller(fleet: TestFleet.make(), lease: lease, boot: "b", at: Self.at(1000))
    }

    private static func entry(_ sequence: Int64, _ record: Record) -> JournalEntry {
        JournalEntry(
            sequence: sequence,
            at: Self.at(5),
            boot: "another",
            wall: WallTime(milliseconds: 1),
            record: record
        )
    }

    private static let journal = [
        Self.entry(1, .leaseGained(Epoch(term: 4, start: 1), by: "controller-1")),
        Self.entry(2, .intent(Fence(epoch: Epoch(term: 4, start: 1), key: "claim/x"), .claimEdge("us-east-1"))),
    ]

    /// Granted term 5 at 1 s and 20 ms; the journal has not been read.
    private static func granted() throws -> Controller {
        var controller = try Self.controller()
        let first = controller.begin(at: Self.at(1000))
        #expect(first.records.isEmpty && first.asks == [.campaign(number: 1)])
        let output = controller.step(.leaseAnswered(.granted(number: 1, term: 5)), at: Self.at(1020))
        #expect(output.wantsJournal && output.records.isEmpty && output.calls.isEmpty)
        return controller
    }

    @Test func theJournalIsReadBeforeAnythingIsWritten() throws {
        var controller = try Self.granted()
        #expect(!controller.mayAct(at: Self.at(1021)))
        let output = controller.step(.journalRead(Self.journal), at: Self.at(1030))
        let epoch = Epoch(term: 5, start: 1)
        #expect(
            output.records.prefix(3) == [
                .outcome("claim/x", .unknown("another controller led before the answer came")),
                .leaseLost(Epoch(term: 4, start: 1), by: "controller-1", reason: "its lease has ended"),
                .leaseGained(epoch, by: "controller-2"),
            ]
        )
        #expect(controller.state.epoch == epoch && controller.mayAct(at: Self.at(1031)))
    }

    @Test func recordsThatDidNotBecomeDurableAreForgotten() throws {
        var controller = try Self.granted()
        _ = controller.step(.journalRead(Self.journal), at: Self.at(1030))
        let kill = controller.step(.commandArrived(CommandID(1), .kill(true), by: "operator"), at: Self.at(1040))
        #expect(kill.records.contains(.killed(true, by: "operator")))
        let failed = controller.step(.appendFailed("the store does not answer"), at: Self.at(1050))
        #expect(failed.wantsJournal && !controller.mayAct(at: Self.at(1051)))
        let again = controller.step(.journalRead(Self.journal), at: Self.at(1060))
        #expect(!controller.state.isKilled)
        #expect(again.records.contains(.leaseGained(Epoch(term: 5, start: 1), by: "controller-2")))
    }

    @Test func aFollowerSendsNothingAndRefusesEverythingButTheKillSwitch() throws {
        var controller = try Self.controller()
        _ = controller.step(.journalRead(Self.journal), at: Self.at(1010))
        #expect(controller.state.epoch == Epoch(term: 4, start: 1), "it shows what the journal says")
        let refused = controller.step(
            .commandArrived(CommandID(1), .evacuate("us-east-1", planHash: nil), by: "operator"),
            at: Self.at(1020)
        )
        #expect(refused.records.isEmpty && refused.calls.isEmpty)
        #expect(refused.replies.map(\.1) == [.refused(["this controller does not lead; controller-1 led last (S14)"])])
        let unkill = controller.step(.commandArrived(CommandID(2), .kill(false), by: "operator"), at: Self.at(1030))
        #expect(unkill.records.isEmpty)
        let kill = controller.step(.commandArrived(CommandID(3), .kill(true), by: "operator"), at: Self.at(1040))
        #expect(kill.records == [.killed(true, by: "operator")] && kill.calls.isEmpty)
    }

    @Test func aLeaderThatFollowsAgainShowsTheJournalAndNotWhatItMeant() throws {
        var controller = try Self.granted()
        _ = controller.step(.journalRead(Self.journal), at: Self.at(1030))
        _ = controller.step(.leaseAnswered(.lost(term: 5)), at: Self.at(1040))
        let next = Self.journal + [Self.entry(3, .killed(true, by: "operator"))]
        let output = controller.step(.journalRead(next), at: Self.at(1050))
        #expect(output.records.isEmpty)
        #expect(controller.state.isKilled && controller.state.epoch == Epoch(term: 4, start: 1))
        #expect(controller.state.open.keys == ["claim/x"])
    }
}
