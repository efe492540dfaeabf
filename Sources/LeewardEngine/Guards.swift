import LeewardDetection
import LeewardModel
import LeewardSafety

/// The engine's safeguards by name: the rule that each serves, and what it does.
///
/// Tests switch one off and see a rule break. Not public: the daemon always runs with all of them.
enum EngineGuard: String, CaseIterable, Hashable, Sendable {
    case oneActive = "S01.oneActive"
    case trigger = "S02.trigger"
    case lastHealthy = "S03.lastHealthy"
    case canary = "S05.canary"
    case canaryAgain = "S05.canaryAgain"
    case returnLadder = "S05.returnLadder"
    case capacity = "S06.capacity"
    case observedReady = "S06.observedReady"
    case arrivalsKnown = "S06.arrivals"
    case proof = "S07.proof"
    case soak = "S07.soak"
    case retreat = "S08.retreat"
    case reversals = "S08.reversals"
    case leftOut = "S08.leftOut"
    case freeze = "S09.freeze"
    case freezeAgain = "S09.freezeAgain"
    case digest = "S10.digest"
    case detachFirst = "S10.detachFirst"
    case listing = "S11.listing"
    case intent = "S12.intent"
    case readBeforeRetry = "S12.readBeforeRetry"
    case claim = "S14.claim"
    case claimEvery = "S14.claimEvery"
    case leaseMargin = "S14.leaseMargin"
    case leaseRecheck = "S14.leaseRecheck"
    case leaseFromAsk = "S14.leaseFromAsk"
    case leaseUnknown = "S14.leaseUnknown"
    case maxChange = "S15.maxChange"
    case loadedEverywhere = "S16.loadedEverywhere"
    case zoneRead = "S16.zoneRead"
    case gap = "S18.gap"
    case unknownSavior = "S18.unknownSavior"
    case global = "S19.global"
    case holdIfGlobal = "S19.hold"
    case secondClass = "S20.secondClass"
    case askedOn = "S23.askedOn"
    case receiversFreeze = "S23.receiversFreeze"
    case deadline = "S23.deadline"
    case reliefWindow = "S24.reliefWindow"
    case blockWindow = "S24.blockWindow"
    case perDay = "S24.perDay"
    case drillGivesWay = "S24.drillGivesWay"
    case provenWell = "S25.provenWell"
    case returnProof = "S25.proof"
    case otherBoot = "S26.otherBoot"
    case kill = "S27.effects"
    case killedStart = "S27.start"
    case budget = "S28.budget"
    case wait = "S28.wait"
    case rate = "S29.rate"
    case pins = "S30.pins"
    case pinnedMidway = "S30.midway"
    case roles = "S31.roles"
    case twoPeople = "S31.twoPeople"
    case approvalExpires = "S31.expires"
    case overridable = "S31.overridable"
    case planHash = "S35.planHash"
    case regionShare = "S38.regionShare"
    case residual = "S39.residual"
    case residualTime = "S39.time"
    case wholeResidual = "S39.whole"
    case residency = "S40.residency"
    case plannedResidency = "S40.planner"
    case takeBack = "S41.takeBack"
    case signature = "S41.signature"
    case lane = "S42.lane"
    case leaseAskAgain = "L04.askAgain"
    case withdrawn = "L06.withdrawn"
    case notToSick = "L08.notToSick"
    case page = "L09.page"
    case goHome = "S44.goHome"
    case openWay = "S44.openWay"
    case deadEdge = "S44.deadEdge"
}

extension Controller {
    /// False only in a test that has switched this guard off.
    func stands(_ guarded: EngineGuard) -> Bool { self.guardsOff.isEmpty || !self.guardsOff.contains(guarded) }

    /// The findings of the gates that stand.
    func standing(_ findings: [Finding]) -> [Finding] {
        guard !self.guardsOff.isEmpty else { return findings }
        return findings.filter { finding in
            let gates = Self.gates(of: finding.rule)
            return gates.isEmpty || gates.contains { self.stands($0) }
        }
    }

    private static func gates(of rule: Rule) -> [EngineGuard] {
        switch rule {
        case .s01: [.oneActive]
        case .s02: [.trigger]
        case .s03: [.lastHealthy]
        case .s06: [.capacity]
        case .s15: [.maxChange]
        case .s19: [.global]
        case .s20: [.secondClass]
        case .s25: [.provenWell]
        case .s27: [.killedStart]
        case .s30: [.pins]
        case .s38: [.regionShare]
        case .s40: [.residency]
        case .s41: [.signature]
        default: []
        }
    }

    /// The fleet that plans are made for.
    var plannedFleet: Fleet {
        guard !self.stands(.plannedResidency) else { return self.fleet }
        var fleet = self.fleet
        for geography in fleet.geographies.keys { fleet.geographies[geography]?.allowed = fleet.regions.keys }
        return fleet
    }

    /// What the detector would say if it took a gap for a dip, one class for two, or looked at one region alone.
    mutating func misjudge() {
        guard !self.guardsOff.isEmpty else { return }
        if !self.stands(.global), self.assessment.fleet == .global {
            let sick = self.fleet.regions.keys.filter { self.health($0) == .sick }
            for region in sick.dropFirst() { self.assessment.regions[region]?.health = .healthy }
            if let first = sick.first {
                self.assessment.fleet = .regional(first)
                self.assessment.classes = [.business, .server]
                self.assessment.presentClasses = self.assessment.classes
            }
        }
        for region in self.fleet.regions.keys where self.health(region) == .unknown {
            let bucket = self.detector.served(by: region)
            let isDip = (bucket?.badRun ?? 0) >= self.fleet.limits.reliefAfter
            let isCalled = isDip ? !self.stands(.secondClass) : bucket == nil && !self.stands(.gap)
            guard isCalled else { continue }
            self.assessment.regions[region]?.health = .sick
            self.assessment.presentClasses = [.business, .server]
            if self.assessment.fleet != .global { self.assessment.fleet = .regional(region) }
        }
    }
}
