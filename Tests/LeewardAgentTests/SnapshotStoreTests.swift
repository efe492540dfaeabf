import Foundation
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

@testable import LeewardAgent

/// The fence of one edge: what is accepted, what is refused, and what a start finds on the disk.
@Suite struct SnapshotStoreTests {
    private let folder: TemporaryFolder
    private let settings: AgentSettings

    init() throws {
        self.folder = try TemporaryFolder()
        self.settings = try smallSettings(self.folder)
        try EdgeFolder(self.settings).make()
    }

    private func routes() throws -> EnvoyReadBack {
        try #require(EdgeFolder(self.settings).routes())
    }

    @Test func aBareEdgeServesEveryGeographyAtHome() async throws {
        let store = SnapshotStore(self.settings)
        #expect(await store.feed() == nil)
        #expect(try self.routes().shares == self.settings.fleet.homeShares)
        #expect(try self.routes().generation == Generation(0))
    }

    @Test func anAcceptedSnapshotIsOnDiskAndWithTheProxy() async throws {
        let store = SnapshotStore(self.settings)
        #expect(await store.apply(try publish(2500, 3, epoch: 7)) == .done)
        #expect(try self.routes().generation == Generation(3))
        #expect(try self.routes().shares == moved(2500))
        let restarted = SnapshotStore(self.settings)
        #expect(await restarted.accepted == SnapshotMark(generation: Generation(3), epoch: Epoch(7), key: "g3"))
        #expect(await restarted.log.map(\.fence.key) == ["g3"])
    }

    @Test func anOldEpochIsFencedAlsoAfterARestart() async throws {
        let claim = EffectRequest(fence: .init(epoch: Epoch(5), key: "claim"), effect: .claimEdge("us-east-1"))
        #expect(await SnapshotStore(self.settings).apply(claim) == .done)
        let restarted = SnapshotStore(self.settings)
        #expect(await restarted.apply(try publish(100, 1, epoch: 4)).refusal?.contains("S14") == true)
        #expect(await restarted.accepted.generation == Generation(0))
        #expect(await restarted.apply(try publish(100, 1, epoch: 5)) == .done)
    }

    @Test func aRefusedEffectStillRaisesTheEpoch() async throws {
        let store = SnapshotStore(self.settings)
        #expect(await store.apply(try publish(100, 0, epoch: 9)).refusal != nil)
        #expect(await SnapshotStore(self.settings).accepted.epoch == Epoch(9))
    }

    @Test func theSameKeyAgainIsDoneOnceAndAnotherEffectUnderItIsRefused() async throws {
        let store = SnapshotStore(self.settings)
        #expect(await store.apply(try publish(100, 1)) == .done)
        #expect(await store.apply(try publish(500, 2)) == .done)
        #expect(await store.apply(try publish(100, 1)) == .done)
        let restarted = SnapshotStore(self.settings)
        #expect(await restarted.apply(try publish(100, 1)) == .done)
        #expect(await restarted.log.count == 2)
        #expect(await restarted.accepted.generation == Generation(2))
        #expect(await restarted.apply(try publish(900, 3, key: "g2")).refusal?.contains("another effect") == true)
    }

    @Test(arguments: [1, 2]) func aGenerationThatDoesNotRiseIsRefused(_ generation: Int64) async throws {
        let store = SnapshotStore(self.settings)
        #expect(await store.apply(try publish(100, 2)) == .done)
        #expect(await store.apply(try publish(500, generation, key: "other")).refusal != nil)
        #expect(try self.routes().shares == moved(100))
    }

    @Test func onlyWholeTablesOfKnownAndAllowedPlacesAreAccepted() async throws {
        let store = SnapshotStore(self.settings)
        var missing = try moved(100)
        missing["europe"] = nil
        var stranger = try moved(100)
        stranger["mars"] = ShareVector(all: "us-east-1")
        var elsewhere = try moved(100)
        elsewhere["europe"] = ShareVector(all: "us-west-2")
        for (index, table) in [missing, stranger, elsewhere].enumerated() {
            let request = EffectRequest(
                fence: .init(epoch: Epoch(1), key: EffectKey("bad-\(index)")),
                effect: .publishEdge("us-east-1", Generation(1), table)
            )
            #expect(await store.apply(request).refusal != nil)
        }
        #expect(await store.accepted.generation == Generation(0))
        #expect(await store.log.isEmpty)
    }

    @Test func whatIsNotMeantForThisEdgeIsRefused() async throws {
        let store = SnapshotStore(self.settings)
        let effects: [Effect] = [.claimEdge("eu-west-1"), .claimProvider("us-east-1"), .claimZone(old: nil)]
        for (index, effect) in effects.enumerated() {
            let request = EffectRequest(fence: .init(epoch: Epoch(1), key: EffectKey("k\(index)")), effect: effect)
            #expect(await store.apply(request).refusal != nil)
        }
    }

    @Test func aDamagedSnapshotIsNeverOverwritten() async throws {
        let store = SnapshotStore(self.settings)
        #expect(await store.apply(try publish(2500, 3)) == .done)
        let before = try Data(contentsOf: URL(fileURLWithPath: self.settings.routesFile))
        try Data("{\"epoch\":1,\"ma".utf8).write(to: URL(fileURLWithPath: self.settings.snapshotFile))
        let restarted = SnapshotStore(self.settings)
        #expect(await restarted.damage?.contains("damaged") == true)
        #expect(await restarted.feed() != nil)
        #expect(await restarted.apply(try publish(0, 4)).refusal != nil)
        #expect(await restarted.accepted.generation == Generation(3))
        #expect(try Data(contentsOf: URL(fileURLWithPath: self.settings.routesFile)) == before)
        #expect(try String(contentsOfFile: self.settings.snapshotFile, encoding: .utf8) == "{\"epoch\":1,\"ma")
    }

    @Test func aLostSnapshotIsTakenFromWhatTheProxyWasGiven() async throws {
        let store = SnapshotStore(self.settings)
        #expect(await store.apply(try publish(2500, 3)) == .done)
        try FileManager.default.removeItem(atPath: self.settings.snapshotFile)
        let restarted = SnapshotStore(self.settings)
        #expect(await restarted.damage == nil)
        #expect(await restarted.feed() == nil)
        #expect(try self.routes().shares == moved(2500))
        #expect(await restarted.apply(try publish(0, 3, key: "old")).refusal != nil)
        #expect(await restarted.apply(try publish(0, 4)) == .done)
    }

    @Test func aHalfWrittenRoutesFileWithoutASnapshotStaysAsItIs() async throws {
        try Data("{\"version_info\":\"3\",".utf8).write(to: URL(fileURLWithPath: self.settings.routesFile))
        let store = SnapshotStore(self.settings)
        #expect(await store.damage != nil)
        #expect(await store.feed() != nil)
        #expect(try String(contentsOfFile: self.settings.routesFile, encoding: .utf8) == "{\"version_info\":\"3\",")
    }

    @Test func aDiskThatRefusesChangesNothing() async throws {
        let store = SnapshotStore(self.settings)
        #expect(await store.apply(try publish(100, 1)) == .done)
        // A folder in the place of the file that would be written first.
        try FileManager.default.createDirectory(
            atPath: self.settings.snapshotFile + ".new",
            withIntermediateDirectories: true
        )
        guard case .failed = await store.apply(try publish(500, 2)) else {
            Issue.record("an effect that is not on disk must not be done")
            return
        }
        #expect(await store.accepted.generation == Generation(1))
        #expect(try self.routes().shares == moved(100))
        try FileManager.default.removeItem(atPath: self.settings.snapshotFile + ".new")
        #expect(await store.apply(try publish(500, 2)) == .done)
    }
}
