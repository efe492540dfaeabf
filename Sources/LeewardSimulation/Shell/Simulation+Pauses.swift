import LeewardEngine
import LeewardModel

extension Simulation {
    /// Who leads by the store's word and its own, and can do something about it; nil where nobody does.
    var leader: Int? {
        guard let coordination = self.coordination else { return 0 }
        guard let holder = coordination.holder(at: self.world.now) else { return nil }
        let process = self.processes[holder.process]
        return process.runs && process.controller?.lease?.term == holder.term ? holder.process : nil
    }

    /// Whom people ask: the leader where the store hears it, any other whom it hears, and at last whoever runs.
    var asked: Int {
        guard self.coordination != nil else { return 0 }
        if let leader = self.leader, !self.path(leader).isUnreachable { return leader }
        let running = self.processes.indices.filter { self.processes[$0].runs }
        return running.first { !self.path($0).isUnreachable } ?? running.first ?? 0
    }

    /// The named controller, or the one that leads, or the first.
    func named(_ index: Int?) -> Int {
        if let index, self.processes.indices.contains(index) { return index }
        return self.coordination?.holder(at: self.world.now)?.process ?? 0
    }

    /// Stops at once, or as soon as it comes to the moment.
    mutating func pause(_ index: Int, _ moment: PauseMoment, for span: Span) {
        guard self.processes[index].controller != nil else { return }
        if moment == .now {
            self.freeze(index, for: span, nil)
        } else {
            self.processes[index].pause = (moment, span)
        }
    }

    /// True where a pause has waited for this moment; the process goes on with `unfinished` when it is over.
    mutating func freezes(_ index: Int, _ moment: PauseMoment, _ unfinished: ControllerProcess.Unfinished) -> Bool {
        guard let pause = self.processes[index].pause, pause.moment == moment else { return false }
        self.processes[index].pause = nil
        self.freeze(index, for: pause.lasts, unfinished)
        return true
    }

    mutating func freeze(_ index: Int, for span: Span, _ unfinished: ControllerProcess.Unfinished?) {
        let until = max(self.processes[index].frozenUntil ?? 0, self.world.now + max(1, span.milliseconds))
        self.processes[index].frozenUntil = until
        if let unfinished { self.processes[index].unfinished.append(unfinished) }
        if case .check = unfinished {
            self.processes[index].isWaiting = true
        } else {
            self.processes[index].isWaiting = false
        }
        self.queue.put(.thaw(index, life: self.processes[index].life), at: until)
    }

    /// It goes on exactly where it was, and knows nothing of the time between.
    mutating func thaw(_ index: Int, life: Int) {
        guard self.processes[index].life == life, let until = self.processes[index].frozenUntil,
            until <= self.world.now
        else { return }
        self.processes[index].frozenUntil = nil
        self.processes[index].isWaiting = false
        let unfinished = self.processes[index].unfinished
        self.processes[index].unfinished = []
        for item in unfinished {
            guard self.processes[index].frozenUntil == nil else {
                self.processes[index].unfinished.append(item)
                continue
            }
            switch item {
            case .append(let output, let now, let term): self.append(output, at: now, term: term, from: index)
            case .check(let output): self.check(output, from: index)
            case .write(let output): self.finish(output, from: index)
            }
        }
        self.feed(self.processes[index].takeMail(), to: index)
    }

    /// What oracles look at when this process does something.
    func scene(of index: Int) -> Scene {
        var scene = self.scene
        scene.actor = index
        scene.boot = "\(index + 1)/\(self.processes[index].boot)"
        return scene
    }

    /// The truth about the lease, which no controller has.
    var seats: Seats? {
        guard let coordination = self.coordination else { return nil }
        return Seats(
            holder: coordination.holder(at: self.world.now),
            ttl: coordination.ttl.milliseconds,
            leader: self.leader,
            controllers: self.processes.indices.map { index in
                let process = self.processes[index]
                let path = self.path(index)
                return Seats.Controller(
                    runs: process.runs,
                    isConnected: path == StorePath(),
                    isHalfConnected: path != StorePath() && !path.isUnreachable,
                    isBent: process.clock.rate != 100
                )
            }
        )
    }
}
