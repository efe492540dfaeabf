import Foundation
import Histogram
import LeewardModel
import NIOCore
import NIOPosix

/// The running load: starts it on an event loop of its own and reads its results from there.
package final class LoadClients: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let load: NIOLoopBound<Load>
    private let journal: TimelineFile?

    private init(
        group: MultiThreadedEventLoopGroup,
        loop: any EventLoop,
        load: NIOLoopBound<Load>,
        journal: TimelineFile?
    ) {
        self.group = group
        self.loop = loop
        self.load = load
        self.journal = journal
    }

    /// Begins at the next full second of the wall clock, so that second zero of the timeline is a whole one.
    package static func start(_ settings: ClientSettings) async throws -> LoadClients {
        let problems = settings.problems
        guard problems.isEmpty else { throw ClientSettingsError(problems: problems) }
        let resolver = try Self.socketAddress(settings.resolver)
        let journal = try settings.timelineFile.map { try TimelineFile(path: $0) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let stub = try await StubResolver.open(server: resolver, on: loop).get()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let pause = 1000 - now % 1000
        let load = try await loop.submit {
            let load = Load(
                settings: settings,
                start: WallTime(milliseconds: now + pause),
                loop: loop,
                resolver: stub.value,
                onSecond: { second in journal?.append(second) }
            )
            loop.assumeIsolated().scheduleTask(in: .milliseconds(pause)) { load.begin() }
            return NIOLoopBound(load, eventLoop: loop)
        }.get()
        return LoadClients(group: group, loop: loop, load: load, journal: journal)
    }

    /// Totals and the newest finished second.
    package func status() async throws -> ClientStatus {
        let load = self.load
        return try await self.loop.submit {
            let ledger = load.value.ledger
            return ClientStatus(
                seconds: ledger.seconds.count,
                total: ledger.total,
                newest: ledger.seconds.last,
                waiting: load.value.waiting,
                openConnections: load.value.openConnections,
                p50: Double(ledger.latency.valueAtPercentile(50)) / 1000,
                p99: Double(ledger.latency.valueAtPercentile(99)) / 1000,
                p999: Double(ledger.latency.valueAtPercentile(99.9)) / 1000,
                processorSeconds: Self.processorSeconds()
            )
        }.get()
    }

    /// The finished seconds from index `first` on; the index counts seconds since the start.
    package func timeline(from first: Int) async throws -> [ClientSecond] {
        let load = self.load
        return try await self.loop.submit { Array(load.value.ledger.seconds.dropFirst(max(first, 0))) }.get()
    }

    /// Prometheus text: good and all requests by entry region and geography.
    package func metrics() async throws -> String {
        let load = self.load
        let (regions, geographies, counts) = try await self.loop.submit {
            let ledger = load.value.ledger
            return (ledger.regions, ledger.geographies, ledger.cumulative)
        }.get()
        return ClientMetrics.text(regions: regions, geographies: geographies, counts: counts)
    }

    /// Issues nothing more, waits for what is in flight, and closes the timeline.
    package func stop() async throws {
        let load = self.load
        try await self.loop.submit { load.value.stopIssuing() }.get()
        while try await self.loop.submit({ load.value.waiting > 0 }).get() {
            try await Task.sleep(for: .milliseconds(20))
        }
        try await self.loop.submit { load.value.end() }.get()
        self.journal?.close()
        try await self.group.shutdownGracefully()
    }

    private static func socketAddress(_ text: String) throws -> SocketAddress {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]), (1...65_535).contains(port) else {
            throw ClientSettingsError(problems: ["resolver: is \(text), must be address:port"])
        }
        return try SocketAddress(ipAddress: String(parts[0]), port: port)
    }

    private static func processorSeconds() -> Double {
        var usage = rusage()
        // RUSAGE_SELF, which the C headers of the platforms type differently.
        guard getrusage(0, &usage) == 0 else { return 0 }
        let whole = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(whole) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}

/// The settings cannot be run.
package struct ClientSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    package var problems: [String]
    package init(problems: [String]) { self.problems = problems }
    package var description: String { "the client settings cannot be run: " + self.problems.joined(separator: "; ") }
}
