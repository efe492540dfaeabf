import LeewardDNS
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Synchronization
import Testing

/// A started server with the zone lab.test, and the adapter pointed at it directly or through relays.
final class RunningServer: ZoneFixture {
    let server: ZoneConformanceServer
    let zone: any ZonePort
    let hosts: SortedMap<HostName, String> = [
        "europe.lab.test": "127.0.1.3",
        "us-east.lab.test": "127.0.1.1",
    ]
    let absent: HostName = "nobody.lab.test"
    private let relays = Mutex<[ZoneConformanceRelay]>([])

    private init(_ kind: ZoneConformanceServer.Kind) throws {
        self.server = try ZoneConformanceServer(kind, hosts: self.hosts.map { ($0.0.text, $0.1) } + Self.many)
        self.zone = try Self.zone(servers: [self.server.address], hosts: self.hosts.keys + [self.absent])
    }

    /// So many addresses of one name that its answer does not fit into a datagram of 512 bytes.
    static let manyHost: HostName = "many.lab.test"
    static let many = (1...60).map { (name: RunningServer.manyHost.text, address: "127.0.3.\($0)") }

    /// Starts a server, waits until it answers, runs the body and ends everything.
    static func with(
        _ kind: ZoneConformanceServer.Kind,
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        try requirePrograms(kind)
        let running = try RunningServer(kind)
        do {
            try await running.server.start()
            try await running.waitUntilItAnswers()
            try await body(running)
        } catch {
            await running.end()
            throw error
        }
        await running.end()
    }

    private func end() async {
        self.relays.withLock { for relay in $0 { relay.stop() } }
        await self.server.stop()
    }

    func waitUntilItAnswers() async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while await self.zone.report().servers.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw Unexpected(description: "\(self.server.kind) does not answer: \(await self.server.log)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func zone(through fault: ZoneFault) throws -> any ZonePort {
        let hosts = self.hosts.keys + [self.absent]
        switch fault {
        case .throttled: return try Self.zone(servers: [self.relay(.refuse).address], hosts: hosts)
        case .answersLost: return try Self.zone(servers: [self.relay(.loseAnswers).address], hosts: hosts)
        case .answersReplayed: return try Self.zone(servers: [self.relay(.replay).address], hosts: hosts)
        case .oneServerDown:
            let nobody = "127.0.0.1:\(try FreePorts.pickOne())"
            return try Self.zone(servers: [self.server.address, nobody], hosts: hosts)
        }
    }

    func relay(_ mode: ZoneConformanceRelay.Mode) throws -> ZoneConformanceRelay {
        let relay = try ZoneConformanceRelay(to: self.server.port, mode: mode)
        self.relays.withLock { $0.append(relay) }
        return relay
    }

    static func zone(
        servers: [String],
        hosts: [HostName],
        key: TSIGKey? = nil,
        time: (@Sendable () -> UInt64)? = nil
    ) throws -> DNSZone {
        let key = try key ?? testKey()
        let spec = ZoneSpec(name: "lab.test", servers: servers, keyName: "leeward", keyFile: "leeward.key")
        guard let time else { return try DNSZone(spec, key: key, hosts: hosts) }
        return try DNSZone(
            spec,
            key: key,
            hosts: hosts,
            callTimeout: .seconds(2),
            reportTimeout: .seconds(1),
            time: time
        )
    }

    /// The server's own state, which must be readable.
    func read() async throws -> ZoneServerReport {
        try #require(await self.zone.report().servers.first)
    }
}

/// Cancels the test, saying so, where a program is missing and nobody insists.
func requirePrograms(_ kind: ZoneConformanceServer.Kind) throws {
    for program in kind.programs where !Programs.isExpected(program) {
        let reason = "\(program) is not installed; `make setup` brings it"
        print("SKIPPED: \(kind): \(reason)")
        try Test.cancel(Comment(rawValue: reason))
    }
}
