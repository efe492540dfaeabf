import LeewardEngine
import LeewardModel

extension Simulation {
    /// Does what an output asks in the daemon's order: records durable BEFORE calls leave, then replies, then notices.
    mutating func take(_ output: Output, at now: Timestamp) {
        if !output.records.isEmpty, self.world.trouble.isJournalRefusing {
            // What can not be written down is not done: the process ends, and its supervisor starts it again (S12).
            self.die(restartAfter: Self.supervisor, newBoot: false)
            return
        }
        let syncs = self.scenario.world.receivers.stands(.sync)
        if !syncs { for call in output.calls { self.send(call) } }
        if !output.records.isEmpty {
            let wall = self.world.wall(at: self.world.now)
            self.disk.write(output.records, at: now, boot: "boot-\(self.boot)", wall: wall)
            let count = self.disk.durable.count + output.records.count
            let isCut = self.nextCut.map { count >= $0 } ?? false
            if isCut, let cut = self.scenario.cut {
                self.nextCut = cut.again.map { count + $0 }
                self.dieWith(output, cut)
                return
            }
            self.keep(output.records)
        }
        if syncs { for call in output.calls { self.send(call) } }
        for (_, reply) in output.replies { self.replied(reply) }
        self.chronicle.tell(output.notices, at: self.world.now)
    }

    /// Syncs, and shows the records to everybody who watches.
    private mutating func keep(_ records: [Record]) {
        self.disk.sync()
        for record in records {
            self.oracles.recorded(record, self.scene, in: self.disk)
            self.chronicle.recorded(record, at: self.world.now)
        }
    }

    private mutating func replied(_ reply: Reply) {
        guard let index = self.chronicle.asked else {
            self.repliedByHand(reply)
            return
        }
        self.chronicle.asked = nil
        switch reply {
        case .accepted: self.actsDone[index] = true
        case .refused(let reasons): self.chronicle.refused(self.acts[index].by, reasons, at: self.world.now)
        }
    }

    // MARK: - Life and death

    /// What a supervisor waits before it starts a process again.
    private static let supervisor = Span.seconds(1)

    /// The process starts from what is on the disk.
    mutating func start() {
        let now = self.clock()
        self.lastStep = now.milliseconds + self.clockZero
        let journal = self.disk.recover(cutsOff: self.scenario.world.receivers.stands(.torn))
        self.oracles.started(journal, self.scene)
        var fleet = self.world.fleet
        // By hand only the person who is there begins something, and what they carry on they have approved.
        if self.hand != nil { fleet.policy = Policy(relief: .observe, evacuation: .act) }
        var controller = Controller(fleet: fleet, journal: journal, boot: "boot-\(self.boot)", at: now)
        controller.isByHand = self.hand != nil
        self.prepare?(&controller)
        let output = controller.begin(at: now)
        self.controller = controller
        self.take(output, at: now)
        if self.scenario.world.historyDays > 0 { self.feed([.historyArrived(self.world.history())]) }
    }

    mutating func restart(newBoot: Bool) {
        guard self.hand == nil else {
            // The journal is locked; whoever supervises the daemon starts it again.
            self.queue.put(.restart(newBoot: newBoot), at: self.world.now + 1000)
            return
        }
        guard self.controller == nil else { return }
        self.life += 1
        if newBoot {
            self.boot += 1
            // A machine that was just started counts from near zero.
            self.clockZero = self.world.now - 5000
            self.lastStep = .min / 4
        }
        self.start()
    }

    /// Everything in memory is gone; calls that have left go on by themselves.
    mutating func die(restartAfter: Span, newBoot: Bool) {
        self.controller = nil
        self.hand = nil
        self.deaths += 1
        self.disk.lose()
        self.laneBusy = [:]
        self.oracles.died(at: self.world.now)
        self.queue.put(.restart(newBoot: newBoot), at: self.world.now + max(1, restartAfter.milliseconds))
    }

    private mutating func dieWith(_ output: Output, _ cut: Cut) {
        switch cut.moment {
        case .beforeSync: break
        case .beforeCalls: self.keep(output.records)
        case .afterCalls:
            self.keep(output.records)
            for call in output.calls { self.send(call) }
        }
        self.die(restartAfter: cut.restartAfter, newBoot: false)
    }
}
