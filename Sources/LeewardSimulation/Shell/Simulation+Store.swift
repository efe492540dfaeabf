import LeewardEngine
import LeewardModel

extension Simulation {
    func path(_ index: Int) -> StorePath { self.world.trouble.store(index) }

    /// Sends a question about the lease; silence is noticed by the lease itself.
    mutating func ask(_ ask: LeaseAsk, from index: Int) {
        guard !self.path(index).isUnreachable else { return }
        let latency = self.world.luck.pick(4...20, .latency, 200 + index, self.world.now)
        let life = self.processes[index].life
        self.queue.put(.storeHears(index, life: life, ask, latency: latency), at: self.world.now + latency)
    }

    mutating func hear(_ ask: LeaseAsk, from index: Int, life: Int, latency: Int64) {
        let path = self.path(index)
        guard !path.isUnreachable else { return }
        if case .renew = ask, path.dropsRenewals { return }
        guard let news = self.coordination?.hear(ask, from: index, at: self.world.now), !path.isUnanswered else {
            return
        }
        self.queue.put(.storeAnswers(index, life: life, news), at: self.world.now + latency + path.slow)
    }

    mutating func hear(_ news: LeaseNews, by index: Int, life: Int) {
        guard self.processes[index].controller != nil, self.processes[index].life == life else { return }
        if let until = self.processes[index].frozenUntil {
            self.queue.put(.storeAnswers(index, life: life, news), at: until + 1)
            return
        }
        self.feed([.leaseAnswered(news)], to: index)
    }

    // MARK: - The shared journal

    /// Asks for the whole journal; at most five times a second, and one question at a time.
    mutating func fetch(_ index: Int) {
        guard !self.processes[index].isReading, !self.path(index).isUnreachable else { return }
        self.processes[index].isReading = true
        let at = max(self.world.now + 10, self.processes[index].readAt + 200)
        self.queue.put(.journalAnswers(index, life: self.processes[index].life), at: at)
    }

    mutating func readJournal(_ index: Int, life: Int) {
        guard self.processes[index].life == life else { return }
        self.processes[index].isReading = false
        let path = self.path(index)
        guard self.processes[index].runs, self.processes[index].controller?.isBehind == true, !path.isUnreachable,
            !path.isUnanswered
        else { return }
        var journal = self.disk.durable
        if path.stale > 0 {
            let then = max(0, self.world.now - path.stale)
            journal = Array(journal.prefix(self.disk.times.count { $0 <= then }))
        }
        self.processes[index].readAt = self.world.now
        self.processes[index].known = journal.count
        self.oracles.started(journal, self.scene(of: index))
        self.feed([.journalRead(journal)], to: index)
    }

    /// Records durable under the store's conditions BEFORE calls leave, and the lease looked at again right before they do.
    mutating func share(_ output: Output, at now: Timestamp, from index: Int) {
        for ask in output.asks { self.ask(ask, from: index) }
        if output.wantsJournal { self.fetch(index) }
        let term = self.processes[index].controller?.lease?.term
        if !output.records.isEmpty, self.freezes(index, .beforeAppend, .append(output, at: now, term: term)) { return }
        self.append(output, at: now, term: term, from: index)
    }

    mutating func append(_ output: Output, at now: Timestamp, term: Int64?, from index: Int) {
        guard !output.records.isEmpty else {
            self.check(output, from: index)
            return
        }
        let count = self.disk.durable.count + output.records.count
        if let cut = self.scenario.cut, self.nextCut.map({ count >= $0 }) ?? false, self.path(index) == StorePath() {
            self.nextCut = cut.again.map { count + $0 }
            if cut.moment != .beforeSync { self.write(output.records, at: now, by: index) }
            if cut.moment == .afterCalls { for call in output.calls { self.send(call, from: index) } }
            self.die(index, restartAfter: cut.restartAfter, newBoot: false)
            return
        }
        let path = self.path(index)
        let length = self.disk.durable.count
        var problem = path.isUnreachable ? "the coordination store does not answer" : nil
        if self.world.trouble.isJournalRefusing { problem = "the coordination store takes no record" }
        problem =
            problem
            ?? self.coordination?.refusal(
                term: term,
                known: self.processes[index].known,
                length: length,
                at: self.world.now,
                self.scenario.world.receivers
            )
        if problem == nil {
            self.write(output.records, at: now, by: index)
            self.processes[index].known += output.records.count
            if path.isUnanswered { problem = "the coordination store gave no answer; the journal is read again" }
        }
        if let problem {
            if !output.replies.isEmpty { self.replied(.refused([problem])) }
            // Calls that never left have ended too: their lanes are free.
            let ended = output.calls.map { Input.callEnded($0.fence.key, .failed("not sent: \(problem)")) }
            self.feed([.appendFailed(problem)] + ended, to: index)
            return
        }
        if path.slow > 0 {
            self.freeze(index, for: .milliseconds(path.slow), .check(output))
            return
        }
        self.check(output, from: index)
    }

    private mutating func write(_ records: [Record], at now: Timestamp, by index: Int) {
        let boot = "controller-\(index + 1)/boot-\(self.processes[index].boot)"
        self.write(records, at: now, boot: boot, by: index)
        self.keep(records, by: index)
    }

    /// The last look at the lease BEFORE calls are written.
    mutating func check(_ output: Output, from index: Int) {
        var output = output
        let now = self.processes[index].clock.read(at: self.world.now)
        if self.processes[index].controller?.mayStillAct(at: now) == false {
            let late = output.calls
            output.calls = []
            // In one step: the records of the first would make the process wait, and the others would be missed.
            let reason = "not sent: too little is left of the lease"
            self.feed(late.map { .callEnded($0.fence.key, .failed(reason)) }, to: index)
        }
        for call in output.calls {
            self.oracles.sent(call, self.scene(of: index), life: self.processes[index].life)
        }
        if !output.calls.isEmpty, self.freezes(index, .beforeCalls, .write(output)) { return }
        self.finish(output, from: index)
    }

    mutating func finish(_ output: Output, from index: Int) {
        for call in output.calls { self.depart(call, from: index) }
        for (_, reply) in output.replies { self.replied(reply) }
        self.chronicle.tell(output.notices, at: self.world.now)
    }
}
