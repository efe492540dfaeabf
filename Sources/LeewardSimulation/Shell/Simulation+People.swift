import LeewardEngine
import LeewardModel
import LeewardPlanning
import LeewardSafety

/// A person who works without a daemon, from taking the journal's lock until giving it back.
struct Hand: Sendable {
    var verb: HandVerb
    var by: Principal
    /// World time by which the engine has to know the world.
    var deadline: Int64
    /// Nil until the one command of this hand was said, or none was needed.
    var following: EvacuationID?
    var isFollowing = false
    var isRefused = false
}

extension Simulation {
    /// A person says a command to the daemon, if one runs.
    mutating func act(_ index: Int) {
        let act = self.acts[index]
        guard !self.actsDone[index] else { return }
        let process = self.asked
        let phase = self.processes[process].controller?.state.evacuation?.phase
        let isTime = act.whilePhase.map { $0 == phase } ?? true
        var isUnheard = false
        // Under break-glass nobody else knows the socket.
        if isTime, self.processes[process].runs, self.hand == nil {
            let command = self.spelled(act.command, to: process)
            self.commandCount += 1
            self.oracles.asked(command)
            self.chronicle.asked = index
            self.feed([.commandArrived(CommandID(self.commandCount), command, by: act.by)], to: process)
            // Whoever gets no answer, since the process died with the question, asks again.
            isUnheard = self.processes[process].controller == nil
        }
        let again = self.world.now + 5000
        if !self.actsDone[index], isUnheard || again <= (act.at + act.insistsFor).milliseconds {
            self.queue.put(.act(index), at: again)
        }
    }

    /// What a person reads off the screen before they speak.
    private func spelled(_ command: Command, to process: Int) -> Command {
        guard let controller = self.processes[process].controller else { return command }
        let now = self.processes[process].clock.read(at: self.world.now)
        let shown = { (hash: String?, region: RegionID) -> String? in
            guard hash == OperatorAct.shown else { return hash }
            guard case .success(let preview) = controller.preview(of: region, at: now) else { return nil }
            return preview.hash
        }
        switch command {
        case .evacuate(let region, let hash): return .evacuate(region, planHash: shown(hash, region))
        case .override(let rules, let region, let hash):
            return .override(rules, region, planHash: shown(hash, region))
        case .approve(let id, let hash):
            let state = controller.state
            let present = id == OperatorAct.active ? state.evacuation?.id ?? state.request?.id ?? id : id
            let own = state.request?.id == present ? state.request?.planHash : state.evacuation?.plan.hash
            return .approve(present, planHash: hash == OperatorAct.shown ? own : hash)
        default: return command
        }
    }

    // MARK: - Break-glass

    /// A person takes the journal where no daemon holds it.
    mutating func takeHand(_ index: Int) {
        let act = self.scenario.hands[index]
        guard self.processes[0].controller == nil else {
            let again = self.world.now + 5000
            if again <= (act.at + act.insistsFor).milliseconds {
                self.queue.put(.hand(index), at: again)
            } else {
                self.chronicle.refused(act.by, ["the journal is in use by a running daemon"], at: self.world.now)
            }
            return
        }
        guard act.verb != .look else { return }
        self.processes[0].life = self.lives
        self.lives += 1
        self.chronicle.asked = nil
        self.hand = Hand(verb: act.verb, by: act.by, deadline: self.world.now + 30_000)
        self.start(0)
    }

    /// One look of the person who works by hand: speaks once the engine knows the world, and follows to the rest.
    mutating func workByHand() {
        guard let hand = self.hand else { return }
        guard let controller = self.processes[0].controller else {
            self.hand = nil
            return
        }
        guard hand.isFollowing else {
            let status = controller.status(at: self.processes[0].clock.read(at: self.world.now))
            // Without a verdict a sick region would be left as slowly as on a drill.
            let isJudged = status.verdict != .unknown || self.world.now > hand.deadline - 20_000
            if status.knowsWorld, isJudged {
                self.sayByHand(hand, controller.state.evacuation)
            } else if self.world.now > hand.deadline {
                self.letGo()
            }
            return
        }
        let active = controller.state.evacuation
        let isOver = hand.following == nil || active?.id != hand.following
        if isOver || active?.phase == .held || active?.phase == .evacuated { self.letGo() }
    }

    private mutating func sayByHand(_ hand: Hand, _ active: Evacuation?) {
        var command: Command?
        switch hand.verb {
        case .look: break
        case .finish: command = active.flatMap { $0.commandToFinish }
        case .undo: command = active.map { $0.phase == .evacuated ? .failback : .rollback }
        case .evacuate(let region): command = .evacuate(region, planHash: nil)
        }
        self.hand?.isFollowing = true
        self.hand?.following = active?.id
        if let command {
            self.commandCount += 1
            self.oracles.asked(command)
            self.feed([.commandArrived(CommandID(self.commandCount), command, by: hand.by)], to: 0)
        }
        // A refusal ends it, and so does finding nothing to do.
        if self.hand?.isRefused == true { self.hand?.following = nil }
    }

    /// The answer to the one command of a hand.
    mutating func repliedByHand(_ reply: Reply) {
        guard let by = self.hand?.by else { return }
        switch reply {
        case .accepted(let id, _): self.hand?.following = id
        case .refused(let reasons):
            self.hand?.isRefused = true
            self.chronicle.refused(by, reasons, at: self.world.now)
        }
    }

    /// The process ends once the calls in flight are answered, and gives the journal back.
    private mutating func letGo() {
        guard
            self.processes[0].controller?.status(at: self.processes[0].clock.read(at: self.world.now)).inFlight.isEmpty
                ?? true
        else { return }
        self.hand = nil
        self.processes[0].end()
        self.oracles.died(at: self.world.now)
    }
}
