import Foundation
import LeewardHTTP
public import LeewardModel

/// What an instance says about itself.
struct InstanceLoad: Codable, Hashable, Sendable {
    var requestsPerSecond: Double
    var inFlight: Int
    var requests: Int
    var rejected: Int

    /// Nil when the instance does not answer within half a second.
    static func read(from address: String) async -> InstanceLoad? {
        let parts = address.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]) else { return nil }
        let answer = try? await HTTPClient().send(
            HTTPRequest("GET", "/__load"),
            to: .tcp(host: String(parts[0]), port: port),
            within: .milliseconds(500)
        )
        guard let answer, answer.status == 200 else { return nil }
        return try? JSONDecoder().decode(InstanceLoad.self, from: Data(answer.body))
    }
}

extension ProcessHost {
    /// One look at everything: starts what is missing, measures, scales, retires.
    ///
    /// `now` is any monotonic clock's.
    public func tick(at now: Timestamp) async {
        self.launchMissing()
        guard self.settings.autoscaler.isOn else { return }
        let asked = self.state.instances.filter { instance in
            (instance.membership == .live || instance.retirement != nil) && self.condition(of: instance) == .ready
        }
        let loads = await Self.loads(of: asked)
        self.replaceDead()
        for decision in self.autoscaler.decide(self.clusterLoads(loads), isFrozen: self.state.isFrozen, at: now) {
            switch decision {
            case .shrink(let service): self.retireOne(of: service, at: now)
            case .grow(let service, let count): self.grow(service, by: count)
            }
        }
        self.advanceRetirements(loads, at: now)
    }

    private static func loads(of instances: [HostInstance]) async -> SortedMap<InstanceID, InstanceLoad> {
        await withTaskGroup(of: (InstanceID, InstanceLoad?).self) { group in
            for instance in instances {
                group.addTask { (instance.id, await InstanceLoad.read(from: instance.address)) }
            }
            var loads: SortedMap<InstanceID, InstanceLoad> = [:]
            for await (id, load) in group { loads[id] = load }
            return loads
        }
    }

    /// The state may have moved on while the instances were asked: this reads the state of now.
    private func clusterLoads(_ loads: SortedMap<InstanceID, InstanceLoad>) -> SortedMap<ServiceID, ClusterLoad> {
        var clusters: SortedMap<ServiceID, ClusterLoad> = [:]
        for (service, hosted) in self.settings.services {
            let live = self.state.instances.filter { $0.service == service && $0.membership == .live }
            let ready = live.filter { self.condition(of: $0) == .ready }
            let rates = ready.compactMap { loads[$0.id]?.requestsPerSecond }
            clusters[service] = ClusterLoad(
                ready: ready.count,
                starting: live.count { self.condition(of: $0) == .starting },
                requestsPerSecond: rates.count == ready.count ? rates.reduce(0, +) : nil,
                capacity: hosted.capacity,
                floor: self.state.floors[service] ?? 0,
                maximum: hosted.maximum
            )
        }
        return clusters
    }

    /// First out of the live cluster, so that the edge stops sending; the process goes on until it has drained.
    private func retireOne(of service: ServiceID, at now: Timestamp) {
        var next = self.state
        let newest = next.instances.lastIndex {
            $0.service == service && $0.membership == .live && self.condition(of: $0) == .ready
        }
        guard let newest else { return }
        next.instances[newest].membership = .quarantine
        next.instances[newest].retirement = .draining
        let id = next.instances[newest].id
        guard self.keep(next) else { return }
        self.drainingSince[id] = now
        self.say("autoscaler: \(service) is idle, \(id) leaves the live cluster")
    }

    private func grow(_ service: ServiceID, by count: Int) {
        var next = self.state
        let room = self.settings.maximumInstances - next.instances.count
        next.add(
            min(count, max(0, room)),
            of: service,
            to: .live,
            warmUp: self.settings.coldStart,
            settings: self.settings
        )
        guard next != self.state, self.keep(next) else { return }
        self.launchMissing()
        self.say("autoscaler: \(service) is busy, \(count) more start")
    }

    private func replaceDead() {
        guard self.settings.autoscaler.replacesDead else { return }
        var next = self.state
        for instance in self.state.instances
        where instance.membership == .live && instance.process != nil && self.condition(of: instance) == .failed {
            next.instances.removeAll { $0.id == instance.id }
            next.add(1, of: instance.service, to: .live, warmUp: self.settings.coldStart, settings: self.settings)
        }
        guard next != self.state, self.keep(next) else { return }
        self.launchMissing()
    }

    /// Nothing is asked to end before it had its drain time and says that it works on nothing; a silent one waits longer.
    private func advanceRetirements(_ loads: SortedMap<InstanceID, InstanceLoad>, at now: Timestamp) {
        var next = self.state
        for instance in self.state.instances {
            guard let retirement = instance.retirement, let process = instance.process else { continue }
            guard let index = next.instances.firstIndex(where: { $0.id == instance.id }) else { continue }
            guard Spawn.isAlive(process) else {
                next.instances.remove(at: index)
                self.drainingSince[instance.id] = nil
                continue
            }
            let since = self.drainingSince[instance.id] ?? now
            self.drainingSince[instance.id] = since
            let drained = now - since >= self.settings.autoscaler.drain
            let isQuiet = loads[instance.id].map { $0.inFlight == 0 } ?? false
            let isLate = now - since >= self.settings.autoscaler.drain * 10
            if retirement == .draining, drained, isQuiet || isLate { next.instances[index].retirement = .stopping }
        }
        guard self.keep(next) else { return }
        // The decision is on disk before the signal leaves.
        for instance in self.state.instances where instance.retirement == .stopping {
            if let process = instance.process { Spawn.signal(process, SIGTERM) }
        }
    }
}
