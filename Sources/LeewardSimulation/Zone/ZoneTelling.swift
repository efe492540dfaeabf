import LeewardModel

extension ZoneScene {
    static func name(of actor: Int, _ setting: ZoneSetting) -> String {
        if actor == 0 { return "the planner" }
        if actor > setting.enactors { return "the cleaner" }
        return "enactor \(["A", "B", "C", "D", "E"][min(actor - 1, 4)])"
    }

    /// What a step was, as a sentence, from what was there before it.
    func telling(since before: ZoneScene, _ move: ZoneMove, _ setting: ZoneSetting) -> String {
        let who = Self.name(of: move.actor, setting)
        switch move.kind {
        case .dies: return "\(who) dies before it could \(Self.verb(before.actors[move.actor].at))"
        case .starts: return "\(who) starts again"
        case .goesOn: break
        }
        let was = before.actors[move.actor]
        let generation = was.generation.map { "\($0)" } ?? "?"
        switch was.at {
        case .rest:
            switch was.role {
            case .planner: return "\(who) takes what was asked for through its gates"
            case .enactor: return "\(who) finds \(before.newest) the newest generation"
            case .cleaner: return "\(who) begins to look"
            }
        case .write: return "\(who) writes generation \(generation) down"
        case .hold: return "\(who) registers generation \(generation)"
        case .load:
            let isThere = self.actors[move.actor].content != nil
            return "\(who) takes generation \(generation) in hand" + (isThere ? "" : ", and it is gone")
        case .read(let server): return "\(who) reads \(Self.zone(before, server))"
        case .renew(let above): return "\(who) asks for a generation above \(above)"
        case .send(let server):
            let isTaken = self.servers[server] != before.servers[server]
            let isClaim = if case .claimZone = was.effect { true } else { false }
            let what = isClaim ? "the marker of a new term" : "generation \(generation)"
            return "\(who) writes \(what) over \(Self.zone(before, server))" + (isTaken ? "" : ": not taken")
        case .mark: return "\(who) marks generation \(generation) as going"
        case .ask: return "\(who) asks who holds generation \(generation)"
        case .withdraw(let host):
            let isEmpty = self.servers != before.servers
            let what = "\(who) removes \(setting.hosts[host]) of generation \(generation)"
            return what + (isEmpty ? ": THE NAME HAS NO ADDRESS LEFT" : "")
        case .forget: return "\(who) forgets generation \(generation)"
        case .release: return "\(who) is done"
        case .down: return "\(who) is down"
        }
    }

    private static func zone(_ scene: ZoneScene, _ server: Int) -> String {
        let generation = scene.servers[server].marker.map { "generation \($0.generation)" } ?? "no generation"
        return "\(ZoneSetting.server(server)), which has \(generation)"
    }

    private static func verb(_ instruction: ZoneActor.Instruction) -> String {
        switch instruction {
        case .rest, .down: "do anything"
        case .write: "write"
        case .hold: "register"
        case .load: "load"
        case .read: "read"
        case .renew: "ask"
        case .send: "send"
        case .mark: "mark"
        case .ask: "ask for holders"
        case .withdraw: "remove"
        case .forget: "forget"
        case .release: "let go"
        }
    }

    /// A run as lines; a process that others overtook by many steps is said to have been delayed.
    static func story(_ scenes: [ZoneScene], _ moves: [ZoneMove], _ setting: ZoneSetting) -> [String] {
        var lines: [String] = []
        var last: SortedMap<Int, Int> = [:]
        for (step, move) in moves.enumerated() {
            let overtaken = last[move.actor].map { step - $0 - 1 } ?? 0
            if overtaken > 3, case .goesOn = move.kind, scenes[step].actors[move.actor].at != .rest {
                let who = Self.name(of: move.actor, setting)
                lines.append("      (\(who) was delayed; \(overtaken) steps of others went by)")
            }
            last[move.actor] = step
            lines.append("  \(step + 1). " + scenes[step + 1].telling(since: scenes[step], move, setting))
            for breach in scenes[step + 1].breaches(since: scenes[step], by: move.actor, setting) {
                lines.append("      \(breach)")
            }
        }
        return lines
    }
}

/// One step of one process.
struct ZoneMove: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case goesOn, dies, starts }
    var actor: Int
    var kind: Kind
}
