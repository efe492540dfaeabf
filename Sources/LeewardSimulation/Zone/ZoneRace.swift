import LeewardModel

/// One long run from a seed: three enactors, two servers, hours of plans, deaths, delays of up to an hour, and foreign hands.
struct ZoneRace {
    /// What came of it.
    struct Outcome: Sendable {
        var steps = 0
        var delays = 0
        var deaths = 0
        var damages = 0
        var refused = 0
        var generation = Generation(0)
        var breach: ZoneBreach?
        /// The last lines, where they were asked for.
        var story: [String] = []
    }

    private enum Event: Sendable {
        case proposal, term, damage(ZoneDamage, Int), silence(Int, Bool)
        /// Nothing else breaks from here on; of the enactors only this one lives.
        case calm(survivor: Int, cleaner: Bool)
    }

    private let setting: ZoneSetting
    private let luck: Luck
    private var scene: ZoneScene
    private var events: [(at: Int64, event: Event)] = []
    private var readyAt: [Int64]
    private var now: Int64 = 0
    private var isCalm = false
    private var gone: [Int] = []
    private var outcome = Outcome()
    private let tells: Bool
    private static let hour: Int64 = 3_600_000
    private static let most = 50_000

    private init(seed: UInt64, _ receivers: Receivers, tells: Bool) {
        let luck = Luck(seed: seed)
        self.luck = luck
        self.setting = Self.setting(luck, receivers)
        self.tells = tells
        self.scene = ZoneScene(self.setting)
        self.scene.proposed = 0
        self.readyAt = self.scene.actors.map { _ in 0 }
        self.plan()
    }

    /// The same seed is the same run; `tells` keeps its last lines, which takes far longer.
    static func run(seed: UInt64, _ receivers: Receivers = Receivers(), tells: Bool = false) -> Outcome {
        var race = Self(seed: seed, receivers, tells: tells)
        race.run()
        return race.outcome
    }

    private static func setting(_ luck: Luck, _ receivers: Receivers) -> ZoneSetting {
        let hosts: [HostName] = ["a.test", "b.test", "c.test", "d.test"]
        let pool = [ZoneSetting.here, ZoneSetting.there, ZoneSetting.elsewhere, ZoneSetting.here + ZoneSetting.there]
        let home = ZoneSetting.Content(hosts.map { ($0, ZoneSetting.here) })
        var content = home
        var proposals: [ZoneSetting.Content] = []
        for number in Int64(0)..<24 {
            var wanted = content
            let kind = luck.pick(0...19, .shape, 1, number)
            // Mostly one or two names; now and then too many at once, or none left.
            let count = kind == 0 ? 3 : kind < 8 ? 2 : 1
            for name in 0..<count {
                let host = hosts[(Int(luck.pick(0...3, .shape, 2, number)) + name) % hosts.count]
                wanted[host] = kind == 1 ? [] : pool[Int(luck.pick(0...3, .shape, 3 + name, number))]
            }
            proposals.append(wanted)
            if kind > 1 { content = wanted }
        }
        var setting = ZoneSetting(hosts: hosts, home: home, proposals: proposals)
        setting.servers = 2
        setting.enactors = 3
        setting.keep = 1
        setting.receivers = receivers
        return setting
    }

    private mutating func plan() {
        for number in Int64(0)..<24 {
            self.events.append((self.luck.pick(0...(6 * Self.hour), .operators, 0, number), .proposal))
        }
        for number in Int64(0)..<self.luck.pick(0...3, .fault, 0, 0) {
            self.events.append((self.luck.pick(0...(6 * Self.hour), .fault, 1, number), .term))
        }
        let kinds = ZoneDamage.allCases
        for number in Int64(0)..<self.luck.pick(0...4, .fault, 2, 0) {
            let kind = kinds[Int(self.luck.pick(0...Int64(kinds.count - 1), .fault, 3, number))]
            let server = Int(self.luck.pick(0...1, .fault, 4, number))
            self.events.append((self.luck.pick(0...(6 * Self.hour), .fault, 5, number), .damage(kind, server)))
        }
        for number in Int64(0)..<self.luck.pick(0...2, .fault, 6, 0) {
            let server = Int(self.luck.pick(0...1, .fault, 7, number))
            let start = self.luck.pick(0...(6 * Self.hour), .fault, 8, number)
            self.events.append((start, .silence(server, true)))
            self.events.append((start + self.luck.pick(1000...Self.hour, .fault, 9, number), .silence(server, false)))
        }
        let survivor = 1 + Int(self.luck.pick(0...2, .fault, 10, 0))
        let cleaner = self.luck.unit(.fault, 11, 0) < 0.75
        self.events.append((7 * Self.hour, .calm(survivor: survivor, cleaner: cleaner)))
        self.events.sort { $0.at < $1.at }
        self.events.reverse()
    }

    private mutating func run() {
        while self.outcome.breach == nil {
            guard self.outcome.steps < Self.most else {
                self.outcome.breach = ZoneBreach(kind: .endless, detail: "\(Self.most) steps, and no end")
                break
            }
            let actor = self.nextActor()
            if let event = self.events.last, actor.map({ event.at <= $0.at }) ?? true {
                self.events.removeLast()
                self.now = max(self.now, event.at)
                self.happen(event.event)
            } else if let actor {
                self.now = max(self.now, actor.at)
                self.act(actor.index)
            } else {
                self.outcome.breach = self.scene.rest(self.setting).first
                break
            }
        }
        self.outcome.refused = self.scene.refused
        self.outcome.generation = self.scene.newest
    }

    private func nextActor() -> (index: Int, at: Int64)? {
        var best: (index: Int, at: Int64)?
        for index in self.scene.actors.indices where !self.gone.contains(index) {
            let isDown = self.scene.actors[index].at == .down
            guard isDown || self.scene.isReady(index, self.setting) else { continue }
            let at = max(self.readyAt[index], self.now)
            if best.map({ at < $0.at }) ?? true { best = (index, at) }
        }
        return best
    }

    private mutating func act(_ index: Int) {
        let draw = Int64(self.outcome.steps)
        self.outcome.steps += 1
        let before = self.scene
        var move = ZoneMove(actor: index, kind: .goesOn)
        if self.scene.actors[index].at == .down {
            move.kind = .starts
            self.scene.restart(index)
        } else if !self.isCalm, self.luck.unit(.call, index, draw) < 0.01 {
            move.kind = .dies
            self.scene.crash(index)
            self.outcome.deaths += 1
        } else {
            self.scene.step(index, self.setting)
        }
        var later = self.luck.pick(1...200, .latency, index, draw)
        if self.scene.actors[index].at == .down {
            later = self.luck.pick(1000...600_000, .latency, 10 + index, draw)
        } else if self.luck.unit(.latency, 20 + index, draw) < 0.04 {
            later = self.luck.pick(10_000...Self.hour, .latency, 30 + index, draw)
            self.outcome.delays += 1
        }
        self.readyAt[index] = self.now + later
        if self.tells { self.tell(self.scene.telling(since: before, move, self.setting)) }
        guard self.scene.servers != before.servers || self.scene.plans != before.plans else { return }
        self.outcome.breach = self.scene.breaches(since: before, by: index, self.setting).first
    }

    private mutating func happen(_ event: Event) {
        if self.tells { self.tell("\(event)") }
        switch event {
        case .proposal: self.scene.proposed += 1
        case .term: self.scene.epoch = self.scene.epoch.next
        case .damage(let kind, let server):
            kind.befall(&self.scene.servers[server])
            self.outcome.damages += 1
        case .silence(let server, let isSilent): self.scene.servers[server].isSilent = isSilent
        case .calm(let survivor, let cleaner):
            self.isCalm = true
            for index in self.scene.actors.indices.dropFirst() {
                let isCleaner = self.scene.actors[index].role == .cleaner
                guard isCleaner ? !cleaner : index != survivor else { continue }
                self.scene.crash(index)
                self.gone.append(index)
            }
        }
    }

    private mutating func tell(_ line: String) {
        self.outcome.story.append("  \(self.now / 1000) s  \(line)")
        if self.outcome.story.count > 60 { self.outcome.story.removeFirst() }
    }
}
