import LeewardModel

/// Every interleaving of a small setting: each scene that can be reached is looked at once, shortest way first.
struct ZoneExplorer {
    /// What was found.
    struct Findings: Sendable {
        var scenes = 0
        var steps = 0
        /// Scenes in which everybody rests.
        var ends = 0
        /// The first of each kind, and a shortest way there.
        var breaches: [ZoneBreach] = []
        var stories: [[String]] = []
        /// False when the limit ended the search.
        var isComplete = true

        func first(_ kind: ZoneBreach.Kind) -> ZoneBreach? { self.breaches.first { $0.kind == kind } }
        func story(of kind: ZoneBreach.Kind) -> [String] {
            self.breaches.firstIndex { $0.kind == kind }.map { self.stories[$0] } ?? []
        }
    }

    private let setting: ZoneSetting
    private let limit: Int
    private var scenes: [ZoneScene] = []
    private var index: [ZoneScene: Int32] = [:]
    private var parents: [(scene: Int32, move: ZoneMove)] = []
    /// Where each scene leads, for the search for runs without end.
    private var next: [[Int32]] = []
    private var findings = Findings()

    private init(_ setting: ZoneSetting, limit: Int) {
        self.setting = setting
        self.limit = limit
    }

    /// Explores from `start`; stops early at the first breach of a kind in `until`.
    static func explore(
        _ setting: ZoneSetting,
        from start: ZoneScene? = nil,
        until: [ZoneBreach.Kind] = [],
        limit: Int = 2_000_000
    ) -> Findings {
        var explorer = Self(setting, limit: limit)
        explorer.run(from: start ?? ZoneScene(setting), until)
        return explorer.findings
    }

    private mutating func run(from start: ZoneScene, _ until: [ZoneBreach.Kind]) {
        self.add(start, from: 0, ZoneMove(actor: 0, kind: .goesOn))
        var current = 0
        while current < self.scenes.count {
            guard self.scenes.count < self.limit else {
                self.findings.isComplete = false
                break
            }
            self.expand(current)
            current += 1
            if self.findings.breaches.contains(where: { until.contains($0.kind) }) {
                self.findings.isComplete = false
                break
            }
        }
        self.findings.scenes = self.scenes.count
        if self.findings.isComplete { self.findRunsWithoutEnd() }
    }

    private mutating func expand(_ current: Int) {
        let scene = self.scenes[current]
        var isAtRest = true
        for actor in scene.actors.indices {
            if scene.isReady(actor, self.setting) {
                isAtRest = false
                var after = scene
                after.step(actor, self.setting)
                self.take(after, from: current, ZoneMove(actor: actor, kind: .goesOn))
                if scene.crashesLeft > 0 {
                    var after = scene
                    after.crash(actor)
                    after.crashesLeft -= 1
                    self.take(after, from: current, ZoneMove(actor: actor, kind: .dies))
                }
            }
            if scene.actors[actor].at == .down {
                var after = scene
                let isTerm = self.setting.startsTerms && scene.actors[actor].epoch == scene.epoch
                if isTerm { after.epoch = scene.epoch.next }
                after.restart(actor)
                self.take(after, from: current, ZoneMove(actor: actor, kind: .starts))
            }
        }
        guard isAtRest else { return }
        self.findings.ends += 1
        for breach in scene.rest(self.setting) { self.note(breach, at: current) }
    }

    private mutating func take(_ after: ZoneScene, from current: Int, _ move: ZoneMove) {
        self.findings.steps += 1
        let known = self.index[after].map { Int($0) } ?? self.add(after, from: current, move)
        self.next[current].append(Int32(known))
        guard after.servers != self.scenes[current].servers || after.plans != self.scenes[current].plans else { return }
        for breach in after.breaches(since: self.scenes[current], by: move.actor, self.setting) {
            self.note(breach, at: current, then: move, to: after)
        }
    }

    @discardableResult
    private mutating func add(_ scene: ZoneScene, from: Int, _ move: ZoneMove) -> Int {
        let number = self.scenes.count
        self.index[scene] = Int32(number)
        self.scenes.append(scene)
        self.parents.append((Int32(from), move))
        self.next.append([])
        return number
    }

    private mutating func note(
        _ breach: ZoneBreach,
        at scene: Int,
        then move: ZoneMove? = nil,
        to after: ZoneScene? = nil
    ) {
        guard self.findings.first(breach.kind) == nil else { return }
        var scenes: [ZoneScene] = []
        var moves: [ZoneMove] = []
        var current = scene
        while current > 0 {
            scenes.append(self.scenes[current])
            moves.append(self.parents[current].move)
            current = Int(self.parents[current].scene)
        }
        scenes.append(self.scenes[0])
        scenes.reverse()
        moves.reverse()
        if let move, let after {
            scenes.append(after)
            moves.append(move)
        }
        self.findings.breaches.append(breach)
        self.findings.stories.append(ZoneScene.story(scenes, moves, self.setting))
    }

    /// Takes away scenes that lead nowhere new until none is left; what remains lies on a circle.
    private mutating func findRunsWithoutEnd() {
        var incoming = Array(repeating: Int32(0), count: self.scenes.count)
        for targets in self.next { for target in targets { incoming[Int(target)] += 1 } }
        var free = incoming.indices.filter { incoming[$0] == 0 }
        var left = self.scenes.count
        while let scene = free.popLast() {
            left -= 1
            for target in self.next[scene] {
                incoming[Int(target)] -= 1
                if incoming[Int(target)] == 0 { free.append(Int(target)) }
            }
        }
        guard left > 0, let first = incoming.firstIndex(where: { $0 > 0 }) else { return }
        self.note(ZoneBreach(kind: .endless, detail: "\(left) scenes lie on or behind a run without end"), at: first)
    }
}
