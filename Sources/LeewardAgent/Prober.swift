import LeewardHTTP
import LeewardModel
import Synchronization

/// Full transactions through every region's edge, pinned to that region's own instances, ten a second to each.
///
/// Each has a second; so at most ten to one target are under way, and one more is left out rather than piled up.
final class Prober: Sendable {
    static let period = Duration.milliseconds(100)
    static let deadline = Duration.seconds(1)
    private static let mostUnderWay = 11

    private struct Target: Sendable {
        var counts = ProbeCounts()
        var underWay = 0
        var turn = 0
    }

    private let settings: AgentSettings
    private let client = HTTPClient()
    private let targets: Mutex<SortedMap<RegionID, Target>>

    init(_ settings: AgentSettings) {
        self.settings = settings
        self.targets = Mutex(settings.fleet.regions.mapValues { _ in Target() })
    }

    /// By probed region, since this agent started.
    var counts: SortedMap<RegionID, ProbeCounts> { self.targets.withLock { $0.mapValues(\.counts) } }

    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for (region, spec) in self.settings.fleet.regions {
                    guard let path = self.begin(region) else { continue }
                    group.addTask { await self.probe(region, spec.edge, path) }
                }
                try? await Task.sleep(for: Self.period)
            }
        }
    }

    /// One probe that counts.
    private func probe(_ region: RegionID, _ edge: EdgeSpec, _ path: String) async {
        let request = HTTPRequest("GET", path, headers: [("x-leeward-probe", "1")])
        let address = HTTPAddress.tcp(host: edge.address, port: edge.tunnelPort)
        let status = try? await self.client.send(request, to: address, within: Self.deadline).status
        let isGood = status.map { (200..<300).contains($0) } ?? false
        // What was cut off by the end of the agent says nothing about the target.
        self.end(region, isGood: isGood, counts: !Task.isCancelled)
    }

    /// The path of the service whose turn it is; nil where too many are under way.
    private func begin(_ region: RegionID) -> String? {
        let services = self.settings.fleet.services.values
        return self.targets.withLock { targets in
            guard var target = targets[region], target.underWay < Self.mostUnderWay, !services.isEmpty else {
                return nil
            }
            let path = services[target.turn % services.count].path
            target.turn += 1
            target.underWay += 1
            targets[region] = target
            return path
        }
    }

    private func end(_ region: RegionID, isGood: Bool, counts: Bool) {
        self.targets.withLock { targets in
            guard var target = targets[region] else { return }
            target.underWay -= 1
            if counts {
                target.counts.attempts += 1
                if isGood { target.counts.good += 1 }
            }
            targets[region] = target
        }
    }
}
