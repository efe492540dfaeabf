import LeewardModel
import LeewardPlanning
import Testing

/// What a zone needs next, from whatever its servers answer (S15, L10).
@Suite struct ZoneGoalTests {
    private static let goal = ZoneGoal(
        epoch: Epoch(2),
        generation: Generation(7),
        key: "e1/zone/g7",
        sets: ["a.test": ["192.0.2.1"], "b.test": ["192.0.2.2", "192.0.2.1"], "c.test": ["192.0.2.3"]],
        names: 4,
        maxChange: 5000,
        ttl: .seconds(5)
    )
    private static let strange = ["192.0.2.99"]

    private func mark(_ generation: Int64, _ epoch: Int64 = 2, _ key: EffectKey = "e1/zone/g6") -> SnapshotMark {
        SnapshotMark(generation: Generation(generation), epoch: Epoch(epoch), key: key)
    }

    private func server(
        _ name: String,
        _ marker: SnapshotMark?,
        _ change: (inout SortedMap<HostName, [String]>) -> Void = { _ in }
    ) -> ZoneServerReport {
        var records = Self.goal.sets
        change(&records)
        return ZoneServerReport(server: name, serial: 1, marker: marker, records: records)
    }

    private func need(_ servers: ZoneServerReport...) -> ZoneNeed {
        Self.goal.need(ZoneReport(servers: servers, silent: []))
    }

    @Test func recordsInAnyOrderThatAreThereNeedNothing() {
        let server = self.server("one", self.mark(9, 1)) { $0["b.test"] = ["192.0.2.1", "192.0.2.2"] }
        #expect(self.need(server) == .nothing)
        #expect(Self.goal.need(ZoneReport(servers: [], silent: ["one"])) == .nothing)
    }

    @Test func anOlderTermIsClaimedBeforeAnythingIsWritten() {
        let old = self.mark(6, 1)
        #expect(self.need(self.server("one", old) { $0["a.test"] = Self.strange }) == .claim(old))
    }

    @Test func aServerThatSleptThroughTheClaimGetsTheUpdateOverWhatItHas() throws {
        let awake = self.server("one", self.mark(6))
        let asleep = self.server("two", self.mark(4, 1, "e0/zone/g4")) { $0["a.test"] = Self.strange }
        guard case .update(let change) = self.need(awake, asleep) else {
            Issue.record("no update")
            return
        }
        #expect(change.at("two").oldMarker == self.mark(4, 1, "e0/zone/g4"))
        #expect(change.at("two").sets["a.test"]?.old == Self.strange)
        #expect(change.at("one").oldMarker == self.mark(6))
        #expect(change.at("one").sets["a.test"]?.old == ["192.0.2.1"])
        #expect(change.sets.keys == ["a.test"])
    }

    @Test func aGenerationThatIsTakenNeedsANewerOne() {
        let other = self.server("one", self.mark(7)) { $0["a.test"] = Self.strange }
        #expect(self.need(other) == .newer(than: Generation(7)))
        let own = self.server("one", self.mark(7, 2, "e1/zone/g7")) { $0["a.test"] = Self.strange }
        #expect(self.need(own) == .newer(than: Generation(7)))
        let ahead = self.server("two", self.mark(12))
        #expect(
            self.need(self.server("one", self.mark(6)) { $0["a.test"] = [] }, ahead) == .newer(than: Generation(12))
        )
    }

    @Test func ownUpdateThatLandedAtOneServerGoesOnToTheOther() {
        let landed = self.server("one", self.mark(7, 2, "e1/zone/g7"))
        guard case .update(let change) = self.need(landed, self.server("two", self.mark(6)) { $0["a.test"] = [] })
        else {
            Issue.record("no update")
            return
        }
        #expect(change.at("one").refusal(Fence(epoch: Epoch(2), key: "e1/zone/g7")) == nil)
        #expect(change.at("one").refusal(Fence(epoch: Epoch(2), key: "another"))?.contains("does not follow") == true)
    }

    @Test func aZoneThatLostEverythingIsMendedWithinTheLimitOfOneChange() {
        let empty = self.server("one", nil) { for host in $0.keys { $0[host] = [] } }
        guard case .update(let change) = self.need(empty) else {
            Issue.record("no update")
            return
        }
        #expect(change.oldMarker == nil)
        #expect(change.sets.keys == ["a.test", "b.test"])
        #expect(change.sets.values.allSatisfy { $0.old.isEmpty && !$0.new.isEmpty })
    }

    @Test func aLimitBelowOneNameIsRefusedWithBothNumbers() {
        var goal = Self.goal
        goal.maxChange = 2000
        let server = self.server("one", self.mark(6)) { $0["a.test"] = Self.strange }
        guard case .refused(let reason) = goal.need(ZoneReport(servers: [server], silent: [])) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("2500") && reason.contains("2000"))
    }

    @Test func noAddressAndTooManyNamesAreRefused() {
        func refusal(_ addresses: Int, _ changed: Int) -> String? {
            ZoneGoal.refusal(of: addresses, expected: 1, for: "a", changed: changed, of: 4, maxChange: 5000)
        }
        #expect(refusal(0, 1) == "a would have no address")
        #expect(refusal(1, 2) == nil)
        #expect(refusal(1, 3) == "one change would move 7500 of 10000 of all names; the limit is 5000")
    }
}
