import LeewardEngine
import LeewardFailpoints
import LeewardModel
import LeewardStore
import Logging

/// What the loop asks of an engine; `Controller` is the one that counts.
protocol Deciding: Sendable {
    mutating func begin(at now: Timestamp) -> Output
    mutating func step(_ input: Input, at now: Timestamp) -> Output
    /// Epoch, evacuation and evacuee, for the log's metadata.
    var context: Logger.Metadata { get }
}

extension Controller: Deciding {
    var context: Logger.Metadata {
        var context: Logger.Metadata = ["epoch": "\(self.state.epoch)"]
        if let evacuation = self.state.evacuation {
            context["evacuation"] = "\(evacuation.id)"
            context["region"] = "\(evacuation.evacuee)"
        }
        return context
    }
}

/// The one task that owns the engine: input, step, records to the disk, and only then calls, replies and notices.
struct EngineLoop<Engine: Deciding>: Sendable {
    let mailbox: Mailbox
    let journal: Journal
    let outbox: Outbox
    let desk: CommandDesk
    let teller: Teller
    let pages: PageBoard
    let clock: RuntimeClock
    let paces: Paces
    let publish: @Sendable (Engine) -> Void
    let appended: @Sendable (Int64) -> Void

    /// Runs until the mailbox closes, then lets the calls in flight end and journals their outcomes.
    ///
    /// Throws when the journal does (final: the process must end) and when the task is cancelled, which is a crash: nothing
    /// more is written or waited for.
    func run(_ initial: Engine, openPages: [String]) async throws {
        var engine = initial
        // Every step has a millisecond of its own: a reading that follows an outcome is also later than it.
        var now = self.clock.now()
        var pager = Pager(again: self.paces.pageAgain)
        var publishedAt = now
        for text in openPages { self.page(text, &pager, engine, now) }
        do {
            let first = engine.begin(at: now)
            try self.write(first, &pager, now)
            Failpoints.pass(.at(.startBegun))
            self.publish(engine)
            self.hand(out: first, engine, &pager, now)
            for await input in self.mailbox {
                now = max(self.clock.now(), now + .milliseconds(1))
                let output = engine.step(input, at: now)
                // The snapshot goes out before the reply, so that who was answered sees what was answered.
                try self.write(output, &pager, now)
                if !output.records.isEmpty || now - publishedAt >= self.paces.publish {
                    publishedAt = now
                    self.publish(engine)
                    if !output.records.isEmpty { Failpoints.pass(.at(.loopShown)) }
                }
                self.hand(out: output, engine, &pager, now)
                for text in pager.due(at: now) { self.teller.tellAgain(text, engine.context) }
            }
        } catch {
            self.outbox.abandon()
            self.desk.close()
            throw error
        }
        self.desk.close()
        if Task.isCancelled {
            self.outbox.abandon()
            throw CancellationError()
        }
        try await self.finish()
    }

    /// Durable BEFORE anything else of the output is done (S12).
    private func write(_ output: Output, _ pager: inout Pager, _ now: Timestamp) throws {
        try self.append(output.records, now)
        if !output.records.isEmpty { Failpoints.pass(.at(.loopWritten)) }
        for record in output.records { pager.see(record) }
        self.pages.publish(pager.open.map(\.page))
    }

    private func hand(out output: Output, _ engine: Engine, _ pager: inout Pager, _ now: Timestamp) {
        if output.records.contains(where: { if case .killed(true, _) = $0 { true } else { false } }) {
            self.outbox.dropWaiting("the kill switch was turned on (S27)")
        }
        for (index, call) in output.calls.enumerated() {
            if index == 1 { Failpoints.pass(.at(.loopBetweenCalls)) }
            self.outbox.send(call)
        }
        if !output.calls.isEmpty { Failpoints.pass(.at(.loopHanded)) }
        for (id, reply) in output.replies { self.desk.answer(id, reply) }
        if !output.replies.isEmpty { Failpoints.pass(.at(.loopAnswered)) }
        for notice in output.notices {
            if notice.level == .page {
                self.page(notice.text, &pager, engine, now)
            } else {
                self.teller.tell(notice, engine.context)
            }
        }
    }

    private func page(_ text: String, _ pager: inout Pager, _ engine: Engine, _ now: Timestamp) {
        pager.take(text, at: now, wall: self.clock.wall())
        self.pages.publish(pager.open.map(\.page))
        self.teller.tell(Notice(.page, text), engine.context)
    }

    private func finish() async throws {
        Failpoints.pass(.at(.stopClosing))
        await self.outbox.drain()
        let outcomes = self.mailbox.leftovers()
        Failpoints.pass(.at(.stopDrained))
        try self.append(outcomes.map { .outcome($0.key, $0.outcome) }, self.clock.now())
        Failpoints.pass(.at(.stopWritten))
    }

    private func append(_ records: [Record], _ now: Timestamp) throws {
        let entries = try self.journal.append(records, at: now, boot: self.clock.boot, wall: self.clock.wall())
        if let last = entries.last { self.appended(last.sequence) }
    }
}

/// Tells people: the log on standard error and the notices that readers see.
struct Teller: Sendable {
    let logger: Logger
    let clock: RuntimeClock
    let show: @Sendable (NoticeLine) -> Void

    func tell(_ notice: Notice, _ context: Logger.Metadata) {
        self.show(NoticeLine(wall: self.clock.wall(), level: notice.level, text: notice.text))
        switch notice.level {
        case .info: self.logger.info("\(notice.text)", metadata: context)
        case .warning: self.logger.warning("\(notice.text)", metadata: context)
        case .page: self.logger.critical("PAGE \(notice.text)", metadata: context)
        }
    }

    /// The log only: readers have seen it.
    func tellAgain(_ text: String, _ context: Logger.Metadata) {
        self.logger.critical("PAGE again, until `leeward ack` or `leeward resume`: \(text)", metadata: context)
    }
}
