import LeewardModel
import LeewardProviders
import Testing

@testable import LeewardProcesses

/// Three live instances p-1 to p-3 and two dark ones p-4 and p-5, without a process behind them.
private struct Book {
    let settings = HostSettings(
        region: "us-east-1",
        socket: "",
        runFolder: "",
        instanceExecutable: "",
        addressPrefix: "127.1.1",
        services: ["play": .init(capacity: 10, live: 3, shadow: 2)],
        maximumInstances: 8
    )
    var state = HostState(region: "us-east-1", incarnation: 1)
    var failed: Set<InstanceID> = []

    init() {
        self.state.add(3, of: "play", to: .live, warmUp: 0, settings: self.settings)
        self.state.add(2, of: "play", to: .shadow, warmUp: 0, settings: self.settings)
    }

    mutating func apply(_ epoch: Int64, _ key: EffectKey, _ effect: Effect) -> Outcome {
        let ledger = HostLedger(settings: self.settings, failed: self.failed)
        let (outcome, next) = ledger.apply(.test(epoch, key, effect), to: self.state)
        self.state = next
        return outcome
    }

    static func id(_ serial: Int) -> InstanceID { InstanceID("us-east-1-play-\(serial)") }
}

@Suite("The host's ledger")
struct LedgerTests {
    @Test func aLowerEpochIsFencedAndChangesNothing() {
        var book = Book()
        #expect(book.apply(5, "claim", .claimProvider("us-east-1")) == .done)
        let before = book.state
        #expect(book.apply(4, "late", .detach([Book.id(4)], from: .shadow)).refusal?.contains("epoch 5") == true)
        #expect(book.state == before)
    }

    @Test func anEpochIsRememberedEvenWhereTheEffectIsRefused() {
        var book = Book()
        #expect(book.apply(7, "a", .detach([Book.id(99)], from: .shadow)).refusal != nil)
        #expect(book.state.epoch == Epoch(7))
        #expect(book.state.log.isEmpty)
        #expect(book.apply(6, "b", .unfreeze("us-east-1")).refusal != nil)
    }

    @Test func theSameKeyIsDoneOnceAndAnsweredForEver() {
        var book = Book()
        let effect = Effect.detach([Book.id(4)], from: .shadow)
        #expect(book.apply(1, "a", effect) == .done)
        let after = book.state
        #expect(book.apply(1, "a", effect) == .done)
        #expect(book.state == after)
        #expect(book.apply(2, "a", effect) == .done)
        #expect(book.state.log.count == 1)
        #expect(book.apply(2, "a", .unfreeze("us-east-1")).refusal?.contains("another effect") == true)
    }

    @Test func detachWantsItsInstancesWhereItSaysTheyAre() {
        var book = Book()
        let refusal = book.apply(1, "a", .detach([Book.id(1), Book.id(4)], from: .shadow)).refusal
        #expect(refusal?.contains("us-east-1-play-1 (live)") == true)
        #expect(refusal?.contains("play-4") == false)
        #expect(book.apply(1, "b", .detach([Book.id(4)], from: .shadow)) == .done)
        // Already in no cluster, but not because of this key.
        #expect(book.apply(1, "c", .detach([Book.id(4)], from: .shadow)).refusal?.contains("no cluster") == true)
        #expect(book.apply(1, "d", .detach([Book.id(4)], from: .none)).refusal != nil)
    }

    @Test func attachWantsInstancesThatAreInNoCluster() {
        var book = Book()
        #expect(book.apply(1, "a", .attach([Book.id(4)], to: .live)).refusal?.contains("shadow") == true)
        #expect(book.apply(1, "b", .detach([Book.id(4)], from: .shadow)) == .done)
        #expect(book.apply(1, "c", .attach([Book.id(4)], to: .none)).refusal != nil)
        #expect(book.apply(1, "d", .attach([Book.id(4)], to: .live)) == .done)
    }

    @Test func theFloorIsTheLeastThatStaysLive() {
        var book = Book()
        #expect(book.apply(1, "f", .freeze("us-east-1", floors: ["play": 2])) == .done)
        #expect(
            book.apply(1, "a", .detach([Book.id(1), Book.id(2)], from: .live)).refusal?.contains("floor is 2") == true
        )
        #expect(book.apply(1, "b", .detach([Book.id(1)], from: .live)) == .done)
        book.failed = [Book.id(2)]
        // A dead one does not count as staying, and taking it out takes nothing away.
        #expect(book.apply(1, "c", .detach([Book.id(3)], from: .live)).refusal != nil)
        #expect(book.apply(1, "u", .unfreeze("us-east-1")) == .done)
        #expect(book.apply(1, "d", .detach([Book.id(3)], from: .live)) == .done)
    }

    @Test func aFreezeTakesBackAScaleDownThatHasNotReachedItsProcess() {
        var book = Book()
        book.state.instances[0].membership = .quarantine
        book.state.instances[0].retirement = .draining
        book.state.instances[1].membership = .quarantine
        book.state.instances[1].retirement = .stopping
        #expect(book.apply(1, "a", .attach([Book.id(1)], to: .live)).refusal?.contains("retired") == true)
        #expect(book.apply(1, "f", .freeze("us-east-1", floors: [:])) == .done)
        #expect(book.state.instances.map(\.membership) == [.live, .quarantine, .live, .shadow, .shadow])
    }

    @Test func startHasALimit() {
        var book = Book()
        #expect(book.apply(1, "a", .start(Effect.play, count: 4)).refusal?.contains("room for 3") == true)
        #expect(book.apply(1, "b", .start(Effect.play, count: 0)).refusal != nil)
        #expect(book.apply(1, "c", .start(Effect.play, count: 3)) == .done)
        #expect(book.apply(1, "d", .start(Effect.play, count: 1)).refusal?.contains("room for 0") == true)
        #expect(Set(book.state.instances.map(\.address)).count == 8)
    }

    @Test(arguments: [
        Effect.claimProvider("eu-west-1"), .claimEdge("us-east-1"), .claimZone(old: nil),
        .freeze("us-east-1", floors: ["mail": 1]), .freeze("us-east-1", floors: ["play": -1]),
        .start(ClusterID("us-east-1", "mail"), count: 1), .detach([], from: .live),
        .detach(["us-east-1-play-1", "us-east-1-play-1"], from: .live),
    ])
    func whatMakesNoSenseHereIsRefused(_ effect: Effect) {
        var book = Book()
        let before = book.state
        #expect(book.apply(0, "a", effect).refusal?.isEmpty == false)
        #expect(book.state == before)
    }
}
