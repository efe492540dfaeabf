import LeewardEngine
import LeewardModel
import LeewardPlanning

/// S41: nobody is sent by automation to a region in which the evacuee's one failing service has begun to fail too.
///
/// Held against the plainest case: one service of several, nothing else wrong, and requests enough to see it.
struct NotToTheAlike: Oracle {
    /// Milliseconds until a savior's failures fill the window over which they are counted, and some more.
    static let known: Int64 = 30_000
    /// The same for the evacuee, which is called sick by what it shows in few seconds.
    static let knownThere: Int64 = 8000
    /// What has failed for longer is usual there.
    static let usual: Int64 = 150_000
    /// Requests per second of the service.
    static let enough = 60.0

    private struct Failing: Sendable {
        var service: Int
        var since: Int64
        var success: Double
    }
    private var failing: [Failing?] = []
    private var unheardAt: [Int64] = []
    /// The evacuee's failing service when its users began to leave.
    private var left: Int?

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        let regions = scene.world.trouble.regions
        if self.failing.isEmpty {
            self.failing = Array(repeating: nil, count: regions.count)
            self.unheardAt = Array(repeating: .min / 4, count: regions.count)
        }
        for index in regions.indices {
            if regions[index].isAgentSilent || regions[index].isEdgeDown { self.unheardAt[index] = scene.now }
            let present = Self.plainly(index, scene)
            guard let present, self.failing[index]?.service == present.service else {
                self.failing[index] = present
                continue
            }
            self.failing[index]?.success = present.success
        }
    }

    private static func plainly(_ region: Int, _ scene: Scene) -> Failing? {
        let world = scene.world
        let trouble = world.trouble.regions[region]
        let services = world.names.services.count
        guard !trouble.services.isEmpty, services > 1, trouble.success == 1, trouble.capacity == 1, trouble.batch == 0,
            !trouble.isHung, !trouble.isEdgeDown, world.goodPart[region] > world.promised(region) - 0.02
        else { return nil }
        let worse = (0..<services).filter { trouble.success(of: $0) < 1 }
        guard worse.count == 1, let service = worse.first, trouble.success(of: service) <= 0.8,
            world.load[region * services + service] >= Self.enough
        else { return nil }
        return Failing(service: service, since: scene.now, success: trouble.success(of: service))
    }

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        var what: String?
        switch record {
        case .opened(let evacuation, _):
            self.left = self.shown(by: evacuation.evacuee, scene)
            guard evacuation.origin.isAutomatic else { return }
            if let alike = self.alike(evacuation.plan.receivers, evacuation.evacuee, story, scene) {
                what = "\(evacuation.id) opens towards \(alike)"
            }
        case .rung(let id, let points, _, _, _):
            guard points > story.points, !story.isReturning, let active = story.active, active.origin.isAutomatic,
                let alike = self.alike(story.receivers, active.evacuee, story, scene)
            else { return }
            what = "\(id) opens rung \(points) towards \(alike)"
        case .approved(let id, .automation, _):
            guard let active = story.active, let alike = self.alike(story.receivers, active.evacuee, story, scene)
            else {
                return
            }
            what = "\(id) is approved towards \(alike)"
        default: break
        }
        guard let what, let service = self.left else { return }
        let name = scene.world.names.services[service]
        complaints.append(Complaint(rule: .s41, detail: "\(what), where \(name) fails as in the evacuee"))
    }

    private func shown(by region: RegionID, _ scene: Scene) -> Int? {
        guard let index = scene.world.names.regionIndex[region], index < self.failing.count,
            let own = self.failing[index], own.success <= 0.5, scene.now - own.since >= Self.knownThere,
            self.isHeard(index, scene)
        else { return nil }
        return own.service
    }

    /// The first of these regions in which the service that fails in the evacuee fails as well, and long enough to see it.
    private func alike(_ saviors: [RegionID], _ evacuee: RegionID, _ story: Story, _ scene: Scene) -> RegionID? {
        guard let service = self.left, scene.now - story.startedAt > Self.known * 2, !scene.isByHand,
            scene.world.names.regionIndex[evacuee].map({ self.isHeard($0, scene) }) ?? false
        else { return nil }
        return saviors.first { name in
            guard let index = scene.world.names.regionIndex[name], index < self.failing.count,
                let own = self.failing[index], own.service == service, self.isHeard(index, scene)
            else { return false }
            return (Self.known...Self.usual).contains(scene.now - own.since)
        }
    }

    private func isHeard(_ region: Int, _ scene: Scene) -> Bool { scene.now - self.unheardAt[region] > Self.known }
}
