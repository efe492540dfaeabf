import LeewardEngine
import LeewardModel

extension Simulation {
    /// Does what an output asks in the daemon's order: records durable BEFORE calls leave, then replies, then notices.
    mutating func take(_ output: Output, at now: Timestamp, from index: Int) {
        guard self.coordination == nil else {
            self.share(output, at: now, from: index)
            return
        }
        if !output.records.isEmpty, self.world.trouble.isJournalRefusing {
            // What can not be written down is not done: the process ends, and its supervisor starts it again (S12).
            self.die(index, restartAfter: Self.supervisor, newBoot: false)
            return
        }
        let syncs = self.scenario.world.receivers.stands(.sync)
        if !syncs { for call in output.calls { self.send(call, from: index) } }
        if !output.records.isEmpty {
            self.write(output.records, at: now, boot: "boot-\(self.processes[index].boot)", by: index)
            let count = self.disk.durable.count + output.records.count
            self.batches.append(Batch(records: count, calls: output.calls.count))
            let isCut = self.nextCut.map { count >= $0 } ?? false
            if isCut, let cut = self.scenario.cut {
                self.nextCut = cut.again.map { count + $0 }
                self.dieWith(output, cut, index)
                return
            }
            self.keep(output.records, by: index)
        }
        if syncs { for call in output.calls { self.send(call, from: index) } }
        for (_, reply) in output.replies { self.replied(reply) }
        self.chronicle.tell(output.notices, at: self.world.now)
    }

    /// Writes with what the clock on the process's wall shows; not yet durable.
    mutating func write(_ records: [Record], at now: Timestamp, boot: String, by index: Int) {
        let wall = self.world.wall(at: self.world.now) + .milliseconds(self.processes[index].clock.wallOff)
        self.disk.write(records, at: now, boot: boot, wall: wall, world: self.world.now)
    }

    /// Syncs, and shows the records to everybody who watches.
    mutating func keep(_ records: [Record], by index: Int) {
        self.disk.sync()
        for record in records {
            self.oracles.recorded(record, self.scene(of: index), in: self.disk)
            self.chronicle.recorded(record, at: self.world.now)
        }
    }

    mutating func replied(_ reply: Reply) {
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
    mutating func start(_ index: Int) {
        let now = self.processes[index].clock.take(at: self.world.now)
        let boot = self.processes[index].boot
        if let lease = self.lease {
            let name = "controller-\(index + 1)"
            let seat = Lease(name: name, settings: lease)
            var controller = Controller(fleet: self.world.fleet, lease: seat, boot: "\(name)/boot-\(boot)", at: now)
            self.prepare?(&controller)
            self.run(controller, as: index, at: now)
            return
        }
        let journal = self.disk.recover(cutsOff: self.scenario.world.receivers.stands(.torn))
        self.oracles.started(journal, self.scene)
        var fleet = self.world.fleet
        // By hand only the person who is there begins something, and what they carry on they have approved.
        if self.hand != nil { fleet.policy = Policy(relief: .observe, evacuation: .act) }
        var controller = Controller(fleet: fleet, journal: journal, boot: "boot-\(boot)", at: now)
        controller.isByHand = self.hand != nil
        self.prepare?(&controller)
        self.run(controller, as: index, at: now)
    }

    private mutating func run(_ controller: Controller, as index: Int, at now: Timestamp) {
        var controller = controller
        let output = controller.begin(at: now)
        self.processes[index].controller = controller
        self.take(output, at: now, from: index)
        if self.scenario.world.historyDays > 0 { self.feed([.historyArrived(self.world.history())], to: index) }
    }

    mutating func restart(_ index: Int, newBoot: Bool) {
        guard self.hand == nil else {
            // The journal is locked; whoever supervises the daemon starts it again.
            self.queue.put(.restart(index, newBoot: newBoot), at: self.world.now + 1000)
            return
        }
        guard self.processes[index].controller == nil else { return }
        self.processes[index].life = self.lives
        self.lives += 1
        if newBoot {
            self.processes[index].boot += 1
            self.processes[index].clock.reboot(at: self.world.now)
        }
        self.start(index)
    }

    /// Everything in memory is gone; calls that have left go on by themselves.
    mutating func die(_ index: Int, restartAfter: Span, newBoot: Bool) {
        self.processes[index].end()
        self.hand = nil
        self.deaths += 1
        self.disk.lose()
        self.oracles.died(at: self.world.now)
        self.queue.put(.restart(index, newBoot: newBoot), at: self.world.now + max(1, restartAfter.milliseconds))
    }

    private mutating func dieWith(_ output: Output, _ cut: Cut, _ index: Int) {
        switch cut.moment {
        case .beforeSync: break
        case .beforeCalls: self.keep(output.records, by: index)
        case .afterCalls:
            self.keep(output.records, by: index)
            for call in output.calls { self.send(call, from: index) }
        case .afterSome(let calls):
            self.keep(output.records, by: index)
            for call in output.calls.prefix(calls) { self.send(call, from: index) }
        }
        self.die(index, restartAfter: cut.restartAfter, newBoot: false)
    }
}
