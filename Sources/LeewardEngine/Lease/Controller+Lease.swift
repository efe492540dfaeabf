import LeewardDetection
public import LeewardModel
import LeewardPlanning

/// What a controller needs to be one of several that share a journal.
struct Seat: Sendable {
    var lease: Lease
    let boot: String
    /// True while the state is not known to be the journal's: nothing is decided or sent before it was read.
    var isBehind = true
    /// Records of the journal that a follower has seen.
    var seen = 0
    /// When this start of the term was begun; readings older than it prove nothing.
    var begunAt: Timestamp?
    /// Why the journal has to be read again within a term; for the record that ends the old start.
    var reason: String?
}

extension Controller {
    /// One of several controllers: follows until it has the lease, and begins from the journal each time that it gains it.
    ///
    /// Feed `.leaseAnswered` with every answer to the `asks` of an output, `.journalRead` with the whole journal whenever an
    /// output wants it (and to followers now and then), and `.appendFailed` when records did not become durable.
    ///
    /// Records are appended only while the store still has this controller's term and the journal is as long as it was read.
    public init(fleet: Fleet, lease: Lease, boot: String, at now: Timestamp) {
        self.init(fleet: fleet, journal: [], boot: boot, at: now)
        self.seat = Seat(lease: lease, boot: boot)
    }

    /// The lease as this controller knows it; nil where it is the only one.
    public var lease: Lease? { self.seat?.lease }

    /// True where effects may leave now; ask again right BEFORE a call is written, since records took time to become durable.
    public func mayAct(at now: Timestamp) -> Bool {
        guard let seat = self.seat else { return true }
        return !seat.isBehind && seat.lease.mayAct(at: now)
    }

    /// The look at the lease right BEFORE a call is written; the same as `mayAct`.
    public func mayStillAct(at now: Timestamp) -> Bool { !self.stands(.leaseRecheck) || self.mayAct(at: now) }

    /// True where the journal has to be read BEFORE this controller can lead, and for every follower.
    public var isBehind: Bool { self.seat?.isBehind ?? false }

    /// Deals with the lease and the journal first; followers watch and do nothing else.
    ///
    /// - Returns: True where the engine itself goes on with this input.
    mutating func takesPart(_ inputs: [Input], _ output: inout Output, _ now: Timestamp) -> Bool {
        guard let before = self.seat?.lease.term else {
            guard self.seat != nil else { return true }
            return self.takesPart(inputs, whileItLed: false, &output, now)
        }
        let goesOn = self.takesPart(inputs, whileItLed: true, &output, now)
        if let lease = self.seat?.lease, lease.term == nil {
            self.tell(.warning, "\(lease.name) has lost the lease of term \(before) and follows", &output)
        }
        return goesOn
    }

    private mutating func takesPart(
        _ inputs: [Input],
        whileItLed didLead: Bool,
        _ output: inout Output,
        _ now: Timestamp
    ) -> Bool {
        guard var seat = self.seat else { return true }
        let before = seat.lease.term
        seat.lease.guardsOff = self.guardsOff
        var journal: [JournalEntry]?
        for input in inputs {
            switch input {
            case .leaseAnswered(let news): output.asks += seat.lease.take(news, at: now)
            case .journalRead(let entries): journal = entries
            case .appendFailed(let reason):
                seat.isBehind = true
                seat.seen = 0
                seat.reason = reason
                self.tell(.warning, "nothing leaves: \(reason)", &output)
            default: break
            }
        }
        output.asks += seat.lease.pass(to: now)
        let term = seat.lease.term
        if term != before || term == nil { seat.isBehind = true }
        // What it wrote itself it has not counted: the journal is read from its beginning.
        if didLead, term == nil { seat.seen = 0 }
        self.seat = seat
        if let journal, seat.isBehind {
            if let term { self.begin(term, from: journal, &output, now) } else { self.show(journal, now) }
        }
        guard term != nil, self.seat?.isBehind == false else {
            output.wantsJournal = term != nil
            self.follow(inputs, &output, now)
            return false
        }
        return true
    }

    /// The journal is the state: everything that was decided in memory and not written is forgotten.
    private mutating func begin(_ term: Int64, from journal: [JournalEntry], _ output: inout Output, _ now: Timestamp) {
        guard var seat = self.seat else { return }
        var fresh = Controller(
            fleet: self.fleet,
            journal: journal,
            boot: seat.boot,
            at: now,
            guardsOff: self.guardsOff
        )
        seat.isBehind = false
        seat.seen = journal.count
        seat.begunAt = now
        let problem = seat.reason
        seat.reason = nil
        // What was seen and learned while another controller led is as good as ever.
        fresh.observed = self.observed
        fresh.observed.usualArrivals = fresh.state.evacuation?.plan.arrivals ?? self.observed.usualArrivals
        fresh.detector = self.detector
        fresh.assessment = self.assessment
        fresh.demand = self.demand
        fresh.keeper = self.keeper
        fresh.demandSince = self.demandSince
        fresh.demandFittedAt = self.demandFittedAt
        fresh.sentAt = self.sentAt
        // One's own calls of an earlier start keep their lanes until they end (S42).
        fresh.inFlight = self.inFlight
        fresh.isByHand = self.isByHand
        fresh.seat = seat
        self = fresh
        for key in self.state.open.keys {
            self.record(.outcome(key, .unknown("another controller led before the answer came")), &output, now)
        }
        let last = self.state.epoch
        if let leader = self.state.leader {
            let own = leader == seat.lease.name ? problem : nil
            self.record(.leaseLost(last, by: leader, reason: own ?? "its lease has ended"), &output, now)
        }
        self.record(.leaseGained(last.following(in: term), by: seat.lease.name), &output, now)
        // Nothing may follow from a verdict that only this process has heard of (S02).
        self.assess(&output, now)
        self.tell(.info, "\(seat.lease.name) leads under epoch \(self.state.epoch)", &output)
        guard let evacuation = self.state.evacuation else { return }
        self.tell(.info, "\(evacuation.id) goes on in \(evacuation.phase.rawValue)", &output)
    }

    /// Followers show what the journal says.
    private mutating func show(_ journal: [JournalEntry], _ now: Timestamp) {
        guard let seen = self.seat?.seen else { return }
        let isNew = seen == 0 || journal.count < seen
        if isNew { self.state = FleetState(fleet: self.fleet) }
        for entry in journal.dropFirst(isNew ? 0 : seen) { self.state.apply(entry.record, at: now) }
        self.seat?.seen = journal.count
        self.stateWasReplaced()
    }

    /// Nothing that was derived from the state before counts any more.
    private mutating func stateWasReplaced() {
        self.revision += 1
        self.unmoved = nil
    }

    /// A follower sees and learns as a leader does, so that it can lead at once; it records one thing only, the kill switch.
    private mutating func follow(_ inputs: [Input], _ output: inout Output, _ now: Timestamp) {
        var isLook = false
        for input in inputs {
            switch input {
            case .ticked, .signalsArrived: isLook = true
            default: break
            }
            self.follow(input, &output, now)
        }
        guard isLook else { return }
        let state = self.state
        var unsaid = Output()
        self.assess(&unsaid, now)
        self.state = state
        self.stateWasReplaced()
    }

    private mutating func follow(_ input: Input, _ output: inout Output, _ now: Timestamp) {
        switch input {
        case .signalsArrived(let report):
            self.observed.signals = report
            self.observed.signalsAt = now
        case .historyArrived(let samples):
            self.learnDemand(samples, now)
            self.detector.learn(history: samples)
        case .edgeReported(let report): self.observed.take(report, at: now)
        case .capacityReported(let report): self.observed.take(report, at: now)
        case .zoneReported(let report): self.observed.zone = .init(value: report, at: now)
        case .callEnded(let key, _): self.forget(key, now)
        case .commandArrived(let id, .kill(true), let principal):
            // Whoever reaches the journal may stop everything (S27, L05); only who leads may start it again.
            output.records.append(.killed(true, by: principal))
            let text = "the kill switch is on: no new effect leaves"
            self.tell(.page, "\(text) (\(principal))", &output)
            output.replies.append((id, .accepted(nil, text)))
        case .commandArrived(let id, _, _):
            let leader = self.state.leader.map { "\($0) led last" } ?? "nobody has led yet"
            output.replies.append((id, .refused(["this controller does not lead; \(leader) (S14)"])))
        case .fleetChanged(let fleet): self.adopt(fleet, &output)
        case .ticked, .leaseAnswered, .journalRead, .appendFailed: break
        }
    }

    /// A call of an earlier start has ended: its lane is free, and only a newer reading says what it did.
    mutating func forget(_ key: EffectKey, _ now: Timestamp) {
        guard self.seat != nil else { return }
        for (lane, other) in self.inFlight where other == key {
            self.inFlight[lane] = nil
            self.laneEnded[lane] = now
        }
    }
}
