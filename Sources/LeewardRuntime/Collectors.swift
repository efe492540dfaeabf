import LeewardEngine
import LeewardFailpoints
import LeewardModel
import LeewardProviders
import Logging

/// Reads the world on its own pace: one task per subject, so that what does not answer delays nobody else (S23).
struct Collectors: Sendable {
    let ports: Ports
    let mailbox: Mailbox
    let clock: RuntimeClock
    let paces: Paces
    let logger: Logger
    let subjects: [String: Subject]
    /// True while an evacuation is active: the zone is read more often.
    let isActive: @Sendable () -> Bool
    /// True while one is on its way: history waits.
    let isMoving: @Sendable () -> Bool

    init(
        ports: Ports,
        mailbox: Mailbox,
        clock: RuntimeClock,
        paces: Paces,
        logger: Logger,
        isActive: @escaping @Sendable () -> Bool,
        isMoving: @escaping @Sendable () -> Bool
    ) {
        self.ports = ports
        self.mailbox = mailbox
        self.clock = clock
        self.paces = paces
        self.logger = logger
        self.isActive = isActive
        self.isMoving = isMoving
        let names =
            ["signals", "zone"] + ports.edges.keys.map { "edge/\($0)" }
            + ports.capacity.keys.map { "capacity/\($0)" }
        self.subjects = [String: Subject](uniqueKeysWithValues: names.map { ($0, Subject($0)) })
    }

    /// Hands an outcome to the engine, then has its subject read at once.
    func callEnded(_ call: Call, _ outcome: Outcome) {
        guard let subject = self.subjects[call.effect.subject] else {
            self.mailbox.post(.callEnded(call.fence.key, outcome))
            return
        }
        subject.callEnded { self.mailbox.post(.callEnded(call.fence.key, outcome)) }
    }

    /// Starts every task of the collectors in `group`; they end when it is cancelled.
    func start(in group: inout ThrowingTaskGroup<Void, any Error>) {
        group.addTask { await self.tick() }
        group.addTask { await self.history() }
        for (region, port) in self.ports.edges {
            self.start("edge/\(region)", limit: self.paces.regionLimit, every: { self.paces.edge }, in: &group) {
                () async throws(ProviderError) in
                let report = try await port.report()
                try Self.check(report.region, is: region, "edge")
                return .edgeReported(report)
            }
        }
        for (region, port) in self.ports.capacity {
            self.start("capacity/\(region)", limit: self.paces.regionLimit, every: { self.paces.capacity }, in: &group)
            {
                () async throws(ProviderError) in
                let report = try await port.report()
                try Self.check(report.region, is: region, "capacity")
                return .capacityReported(report)
            }
        }
        let zone = self.ports.zone
        let zonePace: @Sendable () -> Span = { self.isActive() ? self.paces.zoneActive : self.paces.zoneAtRest }
        self.start("zone", limit: self.paces.zoneLimit, every: zonePace, in: &group) {
            () async throws(ProviderError) in .zoneReported(await zone.report())
        }
        let signals = self.ports.signals
        self.start("signals", limit: self.paces.signalsLimit, every: { self.paces.signals }, in: &group) {
            () async throws(ProviderError) in .signalsArrived(await signals.report())
        }
    }

    /// A swapped address must not make one region's report count for another.
    private static func check(_ found: RegionID, is region: RegionID, _ kind: String) throws(ProviderError) {
        guard found != region else { return }
        throw ProviderError(
            subject: "\(kind) \(region)",
            reason: "what answers there says that it is \(found); check the addresses in the fleet file"
        )
    }

    private func start(
        _ name: String,
        limit: Span,
        every pace: @escaping @Sendable () -> Span,
        in group: inout ThrowingTaskGroup<Void, any Error>,
        read: @escaping @Sendable () async throws(ProviderError) -> Input
    ) {
        guard let subject = self.subjects[name] else { return }
        group.addTask {
            repeat { subject.ring() } while await self.pause(pace())
        }
        group.addTask { await self.collect(subject, limit: limit, read) }
    }

    private func collect(
        _ subject: Subject,
        limit: Span,
        _ read: @escaping @Sendable () async throws(ProviderError) -> Input
    ) async {
        var wasSilent = false
        for await _ in subject.readings {
            let mark = subject.mark()
            let attempt = Attempt<Result<Input, ProviderError>> {
                do throws(ProviderError) { return .success(try await read()) } catch { return .failure(error) }
            }
            var problem: String?
            switch await attempt.value(within: limit, self.clock) {
            case .success(let input)?:
                Failpoints.pass(.at(.readingTaken))
                _ = subject.deliver(mark) { self.mailbox.post(input) }
            case .failure(let error)?: problem = error.description
            case nil:
                problem = "no answer within \(limit)"
                // A reading that goes on regardless must not be joined by another one.
                await attempt.end()
            }
            guard !Task.isCancelled, (problem != nil) != wasSilent else { continue }
            wasSilent = problem != nil
            if let problem {
                self.logger.warning("\(subject.name) cannot be read: \(problem)")
            } else {
                self.logger.info("\(subject.name) answers")
            }
        }
    }

    private func tick() async {
        repeat { self.mailbox.post(.ticked) } while await self.pause(self.paces.tick)
    }

    private func history() async {
        let signals = self.ports.signals
        var told: String?
        var hasSome = false
        repeat {
            // Fitting weeks of history takes the engine a moment, which is not spent in a crisis.
            if hasSome, self.isMoving() { continue }
            let attempt = Attempt<Result<[Sample], ProviderError>> {
                do throws(ProviderError) { return .success(try await signals.history()) } catch {
                    return .failure(error)
                }
            }
            switch await attempt.value(within: self.paces.historyLimit, self.clock) {
            case .success(let samples)?:
                told = nil
                hasSome = true
                self.mailbox.post(.historyArrived(samples))
            case .failure(let error)?: told = self.tell(error.description, unless: told)
            case nil:
                told = self.tell("no answer within \(self.paces.historyLimit)", unless: told)
                await attempt.end()
            }
        } while await self.pause(told == nil ? self.paces.history : self.paces.historyAgain)
    }

    private func tell(_ problem: String, unless told: String?) -> String {
        if problem != told, !Task.isCancelled { self.logger.warning("the history cannot be read: \(problem)") }
        return problem
    }

    /// False when the task is cancelled.
    private func pause(_ span: Span) async -> Bool { (try? await self.clock.sleep(span)) != nil && !Task.isCancelled }
}
