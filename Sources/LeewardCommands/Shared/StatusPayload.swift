import LeewardEngine
import LeewardModel
import LeewardPlanning
import LeewardRuntime

/// `leeward status --output json`: flat words and numbers, shares in basis points, times in UTC.
struct StatusPayload: Encodable {
    struct Region: Encodable {
        var region: RegionID
        var health: Health
        var isUnreachable: Bool
        var reason: String
        /// In order of weight.
        var evidence: [Evidence]
    }

    struct Active: Encodable {
        var id: EvacuationID
        var evacuee: RegionID
        var phase: Phase
        var heldBecause: String?
        var startedBy: String
        var planHash: String
        var isPlanned: Bool
        var isDNSOnly: Bool
        var points: Int
        var isReturning: Bool
        /// Saviors that failed what they got and get nothing more, with the reason.
        var leftOut: SortedMap<RegionID, String>?
        var injected: Int
    }

    struct Notice: Encodable {
        var at: String
        var level: String
        var text: String
    }

    var fleet: String
    var at: String
    var isReady: Bool
    var problem: String?
    var epoch: Epoch
    var generation: Generation
    var verdict: String
    var sickRegion: RegionID?
    var reason: String
    var classes: [EvidenceClass]
    var regions: [Region]
    var evacuation: Active?
    var last: FleetState.Finished?
    var shares: ShareTable
    var loadedShares: SortedMap<RegionID, ShareTable>
    var entries: SortedMap<GeographyID, [RegionID]>
    var records: SortedMap<HostName, [String]>
    var injectedLive: Int
    var servedResidual: Int?
    var entryResidual: Int?
    var probesGoodForSeconds: Double?
    var waiting: String?
    var orphans: [InstanceID]
    var isKilled: Bool
    var pinned: [GeographyID]
    var inFlight: [EffectKey]
    var notices: [Notice]

    init(_ answer: StatusAnswer) {
        let status = answer.status
        self.fleet = status.fleet
        self.at = Words.time(answer.wall)
        self.isReady = status.isReady
        self.problem = answer.problem
        self.epoch = status.epoch
        self.generation = status.generation
        switch status.verdict {
        case .normal: self.verdict = "normal"
        case .regional(let region):
            self.verdict = "regional"
            self.sickRegion = region
        case .global: self.verdict = "global"
        case .unknown: self.verdict = "unknown"
        }
        self.reason = status.reason
        self.classes = status.classes
        self.regions = status.regions.map {
            Region(
                region: $0.region,
                health: $0.health,
                isUnreachable: $0.isUnreachable,
                reason: $0.reason,
                evidence: $0.evidence
            )
        }
        self.evacuation = status.evacuation.map {
            Active(
                id: $0.id,
                evacuee: $0.evacuee,
                phase: $0.phase,
                heldBecause: $0.heldBecause,
                startedBy: Words.origin($0.origin),
                planHash: $0.plan.hash,
                isPlanned: $0.isPlanned,
                isDNSOnly: $0.isDNSOnly,
                points: $0.points,
                isReturning: $0.isReturning,
                leftOut: $0.leftOut,
                injected: $0.injectedCount
            )
        }
        self.last = status.last
        self.shares = status.shares
        self.loadedShares = status.loaded
        self.entries = status.entries
        self.records = status.records
        self.injectedLive = status.injectedLive
        self.servedResidual = status.servedResidual
        self.entryResidual = status.entryResidual
        self.probesGoodForSeconds = status.probesGoodFor?.seconds
        self.waiting = status.waiting
        self.orphans = status.orphans
        self.isKilled = status.isKilled
        self.pinned = status.pinned
        self.inFlight = status.inFlight
        self.notices = answer.notices.map {
            Notice(at: Words.time($0.wall), level: $0.level.rawValue, text: $0.text)
        }
    }
}
