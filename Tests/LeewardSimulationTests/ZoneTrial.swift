import LeewardModel
import Testing

@testable import LeewardSimulation

/// One guard of the zone, and the setting in which some order of steps breaks S15 or L10 without it.
struct ZoneTrial: CustomTestStringConvertible, Sendable {
    /// Nil: the limit of S15.maxChange, which is no receiver's.
    var guarded: ReceiverGuard?
    var kind: ZoneBreach.Kind
    var setting: ZoneSetting
    var damage: ZoneDamage?
    var name: String { self.guarded?.rawValue ?? "S15.maxChange" }
    var testDescription: String { self.name }

    init(
        _ guarded: ReceiverGuard?,
        _ kind: ZoneBreach.Kind,
        damage: ZoneDamage? = nil,
        _ change: (inout ZoneSetting) -> Void = { _ in }
    ) {
        self.guarded = guarded
        self.kind = kind
        self.setting = .small()
        self.damage = damage
        change(&self.setting)
    }

    static let all: [ZoneTrial] = [
        ZoneTrial(.compareAndSet, .falls), ZoneTrial(.compareAndSet, .emptied),
        ZoneTrial(.noEmptySet, .emptied) { $0.proposals[0]["a.test"] = [] },
        ZoneTrial(.activeKept, .removed), ZoneTrial(.holders, .removed),
        ZoneTrial(.selfRepair, .stuck, damage: .strangeRecord) { $0.proposals = [] },
        ZoneTrial(nil, .tooLarge) { setting in
            setting.proposals = [["a.test": ZoneSetting.there, "b.test": ZoneSetting.there]]
        },
    ]

    /// Those that are tried nowhere else.
    static let own: [ReceiverGuard] = [.noEmptySet, .activeKept, .holders, .selfRepair]

    func withGuard() -> ZoneExplorer.Findings { ZoneExplorer.explore(self.setting, from: self.start) }

    func withoutGuard() -> ZoneExplorer.Findings {
        var setting = self.setting
        if let guarded = self.guarded { setting.receivers.off = [guarded] } else { setting.maxChange = 10_000 }
        return ZoneExplorer.explore(setting, from: self.start, until: [self.kind], limit: 100_000)
    }

    private var start: ZoneScene {
        var scene = ZoneScene(self.setting)
        self.damage?.befall(&scene.servers[0])
        return scene
    }
}
