import Foundation
import Glibc
import LeewardHTTP
public import LeewardModel
public import LeewardProviders

/// One region's capacity provider, made of real processes of this machine.
///
/// Its instances outlive it: killed and started again, it finds them by its registry and the process table.
public actor ProcessHost {
    let settings: HostSettings
    private let file: HostStateFile
    private var lock: FolderLock?
    private let report: @Sendable (String) -> Void
    private(set) var state: HostState
    private var server: HTTPServer?
    private var readings: Int64 = 0
    private var knownReady: Set<ProcessHandle> = []
    private var spawnProblems: SortedMap<InstanceID, String> = [:]
    var autoscaler: Autoscaler
    var drainingSince: SortedMap<InstanceID, Timestamp> = [:]

    /// Reads the state of an earlier run, or makes one with the initial clusters; starts nothing yet.
    ///
    /// `log` gets one sentence for each thing a person may want to know. Throws `HostFileError`.
    public init(
        _ settings: HostSettings,
        log: @escaping @Sendable (String) -> Void = {
            try? FileHandle.standardError.write(contentsOf: Data("\($0)\n".utf8))
        }
    ) throws {
        self.settings = settings
        self.report = log
        self.autoscaler = Autoscaler(settings.autoscaler)
        try FileManager.default.createDirectory(
            atPath: HostSettings.instanceFolder(settings.runFolder),
            withIntermediateDirectories: true
        )
        self.lock = try FolderLock(settings.lockFile)
        self.file = HostStateFile(path: settings.stateFile)
        // From the clock, so that a host whose folder was wiped still numbers its reports above the earlier ones.
        let started = Int64(Date().timeIntervalSince1970)
        if var state = try self.file.load() {
            guard state.region == settings.region else {
                throw HostFileError(
                    path: settings.stateFile,
                    reason: "belongs to region \(state.region), not \(settings.region)"
                )
            }
            state.incarnation = max(state.incarnation + 1, started)
            self.state = state
        } else {
            var state = HostState(region: settings.region, incarnation: started)
            let warmUp = settings.initialWarmUp
            for (id, service) in settings.services {
                state.add(service.live, of: id, to: .live, warmUp: warmUp, settings: settings)
                state.add(service.shadow, of: id, to: .shadow, warmUp: warmUp, settings: settings)
            }
            self.state = state
        }
        try self.file.save(self.state)
    }

    /// Starts or finds every registered instance, then answers on the socket.
    public func start() async throws {
        self.launchMissing()
        guard self.server == nil else { return }
        self.server = try await HTTPServer.start(on: .unix(path: self.settings.socket)) { [weak self] request in
            await self?.answer(request) ?? .text(503, "the host is ending\n")
        }
    }

    /// Stops answering, ends the instances only where the settings say so, and leaves the folder to another host.
    public func stop() async {
        await self.server?.stop()
        self.server = nil
        defer { self.lock = nil }
        guard self.settings.stopInstancesOnExit else { return }
        await InstanceProcesses.stop(self.state.instances.compactMap(\.process), graceful: .seconds(2))
        var next = self.state
        for index in next.instances.indices { next.instances[index].process = nil }
        self.keep(next)
    }

    /// Runs until its task is cancelled: answers, looks after the instances once a period, and stops in order.
    public func run() async throws {
        try await self.start()
        let start = ContinuousClock.now
        let period = Duration.milliseconds(max(10, self.settings.autoscaler.period.milliseconds))
        while !Task.isCancelled {
            let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
            await self.tick(at: Timestamp(milliseconds: Int64(elapsed)))
            try? await Task.sleep(for: period)
        }
        await self.stop()
    }

    /// Carries out one effect: the state is on disk before the outcome is known to anybody.
    public func apply(_ request: EffectRequest) -> Outcome {
        let failed = self.state.instances.filter { self.condition(of: $0) == .failed }.map(\.id)
        let ledger = HostLedger(settings: self.settings, failed: Set(failed))
        let (outcome, next) = ledger.apply(request, to: self.state)
        guard next != self.state else { return outcome }
        guard self.keep(next) else { return .failed("the host's state file cannot be written; nothing was done") }
        self.launchMissing()
        return outcome
    }

    /// Every instance with its membership, and what is frozen; freshly read from the process table.
    public func capacityReport() -> CapacityReport {
        self.readings += 1
        let instances = self.state.instances.map { instance in
            InstanceReport(
                id: instance.id,
                service: instance.service,
                membership: instance.membership,
                state: self.condition(of: instance),
                address: instance.address,
                digest: instance.digest
            )
        }
        return CapacityReport(
            region: self.state.region,
            sequence: self.state.incarnation * 1_000_000 + self.readings,
            isComplete: true,
            epoch: self.state.epoch,
            isFrozen: self.state.isFrozen,
            floors: self.state.floors,
            instances: instances
        )
    }

    /// What was really done, oldest first.
    public var appliedEffects: [AppliedEffect] { self.state.log }

    /// Writes the state, then makes it the one in force; false and nothing changed when the disk refuses or after `stop`.
    @discardableResult
    func keep(_ next: HostState) -> Bool {
        guard next != self.state else { return true }
        guard self.lock != nil else { return false }
        do {
            try self.file.save(next)
            self.state = next
            return true
        } catch {
            self.report("\(error)")
            return false
        }
    }

    /// Gives every registered instance without a process one: found again when a killed host had started it, else new.
    func launchMissing() {
        guard self.lock != nil, self.state.instances.contains(where: { $0.process == nil }) else { return }
        let running = InstanceProcesses.running(inRunFolder: self.settings.runFolder)
        var next = self.state
        for index in next.instances.indices where next.instances[index].process == nil {
            let instance = next.instances[index]
            do {
                next.instances[index].process =
                    try running[instance.id] ?? InstanceProcesses.start(instance, settings: self.settings)
                self.spawnProblems[instance.id] = nil
            } catch {
                // Said once; tried again at each tick.
                if self.spawnProblems[instance.id] != "\(error)" { self.report("\(error)") }
                self.spawnProblems[instance.id] = "\(error)"
            }
        }
        // Without the handles on disk the next start finds the processes by their command line.
        if !self.keep(next) { self.state = next }
    }

    /// What the process table and the ready file say.
    func condition(of instance: HostInstance) -> InstanceReport.State {
        guard let process = instance.process else {
            return self.spawnProblems[instance.id] == nil ? .starting : .failed
        }
        guard Spawn.isAlive(process) else { return .failed }
        if self.knownReady.contains(process) { return .ready }
        guard access(self.settings.readyFile(instance.id), F_OK) == 0 else { return .starting }
        self.knownReady.insert(process)
        return .ready
    }

    func say(_ sentence: String) { self.report(sentence) }
}
