import LeewardEngine
import LeewardModel

/// A call on its way, or gone.
struct SentCall: Sendable {
    var call: Call
    var process: Int
    /// The life of the process that sent it.
    var life: Int
    /// What will go wrong with it, decided when it left.
    var fault: CallFault?
    var deadline: Int64
    var isAnswered = false
    /// True where its receiver said no.
    var isRefused = false
}

extension Simulation {
    /// Sends a call: it lands after half its latency and is answered after the rest, or ends as `.unknown` at its deadline.
    mutating func send(_ call: Call, from process: Int) {
        self.oracles.sent(call, self.scene(of: process), life: self.processes[process].life)
        self.depart(call, from: process)
    }

    /// The process writes the call.
    mutating func depart(_ call: Call, from process: Int) {
        let now = self.world.now
        self.chronicle.sent(call, at: now)
        let index = self.calls.count
        let fault = self.fault(of: call.effect, index)
        let deadline = now + self.processes[process].clock.world(call.deadline)
        let life = self.processes[process].life
        self.calls.append(SentCall(call: call, process: process, life: life, fault: fault, deadline: deadline))
        if fault == .outage {
            self.queue.put(.callAnswers(index, .failed("connection refused")), at: now + 5)
            return
        }
        let lane = call.effect.lane
        let start = max(now, self.processes[process].laneBusy[lane] ?? now)
        if fault == .swallowed {
            self.processes[process].laneBusy[lane] = deadline
            self.queue.put(.callAnswers(index, .unknown("no answer within \(call.deadline)")), at: deadline)
            return
        }
        guard start < deadline else {
            let text = "it was not sent: an earlier call of \(lane) still hangs"
            self.queue.put(.callAnswers(index, .failed(text)), at: deadline)
            return
        }
        var latency = self.world.luck.pick(6...40, .latency, call.effect.region.map { self.subject($0) } ?? 99, now)
        if case .slow(let span) = fault { latency += span.milliseconds }
        self.processes[process].laneBusy[lane] = start + latency
        self.queue.put(.callLands(index), at: start + latency / 2)
        if let later = self.scenario.world.receivers.repeatsAfter {
            self.queue.put(.callRepeats(index), at: start + latency / 2 + later.milliseconds)
        }
        if start + latency > deadline {
            self.queue.put(.callAnswers(index, .unknown("no answer within \(call.deadline)")), at: deadline)
        }
    }

    private func subject(_ region: RegionID) -> Int { self.world.names.regionIndex[region] ?? 0 }

    /// The fault that meets this call, if any; a throttle is a matter of luck.
    private func fault(of effect: Effect, _ index: Int) -> CallFault? {
        var faults = self.world.trouble.zoneCalls
        if let region = effect.region {
            let trouble = self.world.trouble.regions[self.subject(region)]
            faults = trouble.providerCalls
            switch effect {
            case .claimEdge, .publishEdge: faults = trouble.edgeCalls
            default: break
            }
        }
        for fault in faults {
            guard case .throttle(let points) = fault else { return fault }
            if Int(self.world.luck.pick(0...9999, .call, index, self.world.now)) < points { return fault }
        }
        return nil
    }

    /// The call reaches its receiver.
    mutating func land(_ index: Int) {
        let sent = self.calls[index]
        let (call, effect) = (sent.call, sent.call.effect)
        var landing: Landing
        switch sent.fault {
        case .throttle: landing = Landing(outcome: .failed("throttled: try again"))
        case .lyingSuccess: landing = Landing(outcome: .done)
        case .doneButFailed:
            landing = self.world.land(effect, call.fence)
            if landing.outcome == .done { landing.outcome = .failed("internal error") }
        case .lostAnswer:
            landing = self.world.land(effect, call.fence)
            landing.outcome = .unknown("the connection was reset")
        case .partial:
            landing = self.world.landPartly(effect, call.fence)
        case .slow, .outage, .swallowed, nil: landing = self.world.land(effect, call.fence)
        }
        if case .refused = landing.outcome { self.calls[index].isRefused = true }
        self.oracles.landed(call, landing, self.scene(of: sent.process))
        self.chronicle.landed(call, landing)
        let answersAt: Int64 = if case .slow(let span) = sent.fault { span.milliseconds / 2 } else { 10 }
        let at = self.world.now + Int64(answersAt)
        if at < sent.deadline { self.queue.put(.callAnswers(index, landing.outcome), at: at) }
    }

    /// The network has kept a copy, and delivers it now.
    mutating func landAgain(_ index: Int) {
        let call = self.calls[index].call
        let landing = self.world.land(call.effect, call.fence)
        self.oracles.landed(call, landing, self.scene(of: self.calls[index].process))
    }

    /// The answer reaches the process that asked, if it still lives; its subject is then read at once.
    mutating func answer(_ index: Int, _ outcome: Outcome) {
        guard !self.calls[index].isAnswered else { return }
        let process = self.calls[index].process
        if let until = self.processes[process].frozenUntil, self.calls[index].life == self.processes[process].life {
            self.queue.put(.callAnswers(index, outcome), at: until + 1)
            return
        }
        self.calls[index].isAnswered = true
        let sent = self.calls[index]
        guard self.processes[process].controller != nil, sent.life == self.processes[process].life else { return }
        self.oracles.answered(sent.call, outcome, self.scene)
        self.chronicle.answered(sent.call, outcome)
        self.feed([.callEnded(sent.call.fence.key, outcome)], to: process)
        let subject = Self.subject(of: sent.call.effect, self.world.names)
        self.queue.put(.read(subject, by: process), at: self.world.now + 15)
    }

    /// What is read to see whether an effect landed.
    static func subject(of effect: Effect, _ names: Names) -> Subject {
        guard let region = effect.region else { return .zone }
        let index = names.regionIndex[region] ?? 0
        switch effect {
        case .claimEdge, .publishEdge: return .edge(index)
        default: return .capacity(index)
        }
    }

    // MARK: - Readings

    /// Reads what its pace makes due, in the daemon's order of subjects.
    mutating func readings(dueAt tick: Int64, by index: Int) -> [Input] {
        guard self.processes[index].polls else { return [] }
        let paces = self.scenario.paces
        let regions = 0..<self.world.names.regions.count
        var subjects: [Subject] = []
        if tick % paces.edge.milliseconds == 0 { subjects += regions.map { .edge($0) } }
        if tick % paces.capacity.milliseconds == 0 { subjects += regions.map { .capacity($0) } }
        if tick % paces.zone.milliseconds == 0 { subjects.append(.zone) }
        // A second after the bucket's end, when the store has it, or at the last tick before.
        let late = min(1000, paces.signals.milliseconds) / paces.tick.milliseconds * paces.tick.milliseconds
        if (tick - late) % paces.signals.milliseconds == 0 { subjects.append(.signals) }
        var inputs: [Input] = []
        inputs.reserveCapacity(subjects.count + 1)
        for subject in subjects {
            if let input = self.reading(of: subject, by: index) { inputs.append(input) }
        }
        return inputs
    }

    /// What a subject says of itself; nil where nobody runs who asks, or it does not answer.
    mutating func reading(of subject: Subject, by index: Int) -> Input? {
        guard self.processes[index].polls else { return nil }
        switch subject {
        case .edge(let region):
            guard let report = self.world.edgeReport(region) else { return nil }
            self.oracles.read(subject, at: self.world.now)
            return .edgeReported(report)
        case .capacity(let region):
            guard let report = self.world.capacityReport(region) else { return nil }
            self.oracles.read(subject, at: self.world.now)
            return .capacityReported(report)
        case .zone:
            self.oracles.read(subject, at: self.world.now)
            return .zoneReported(self.world.zoneReport())
        case .signals: return .signalsArrived(self.world.signals())
        }
    }
}

extension World {
    /// Half of what can be halved lands, under no key, and nobody is told.
    mutating func landPartly(_ effect: Effect, _ fence: Fence) -> Landing {
        let half: Effect
        switch effect {
        case .detach(let cluster, let ids, let from) where ids.count > 1:
            half = .detach(cluster, Array(ids.prefix(ids.count / 2)), from: from)
        case .attach(let cluster, let ids, let to) where ids.count > 1:
            half = .attach(cluster, Array(ids.prefix(ids.count / 2)), to: to)
        default: return Landing(outcome: .failed("internal error, nothing was done"))
        }
        guard let region = effect.region.flatMap({ self.names.regionIndex[$0] }) else {
            return Landing(outcome: .failed("no such region"))
        }
        var partial = self.land(half, fence)
        // The key was not used up: the whole has not been done.
        self.providers[region].done[fence.key] = nil
        if partial.outcome == .done { partial.outcome = .unknown("the answer was cut off") }
        return Landing(outcome: partial.outcome)
    }
}
