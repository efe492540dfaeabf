import LeewardFleetFile
import LeewardModel
import Testing

/// A running Leeward keeps the last valid fleet, and takes no weaker limit from a file (S22).
@Suite struct ReloadTests {
    @Test func theSameFileChangesNothing() throws {
        var reload = try FleetReload(inForce: Example.fleet())
        #expect(try reload.take(.success(Example.fleet())) == .unchanged)
    }

    @Test func anInvalidFileLeavesTheOldFleetInForce() throws {
        let old = try Example.fleet()
        var reload = FleetReload(inForce: old)
        let error = FleetFileError(problems: Example.problems("half: [written"))
        #expect(reload.take(.failure(error)) == .keep(error))
        #expect(reload.inForce == old)
    }

    @Test func aTighterLimitIsTaken() throws {
        var reload = try FleetReload(inForce: Example.fleet())
        let tighter = try FleetFile.read(Example.with("saviorLimit: 8000", "saviorLimit: 7000"), name: "x")
        #expect(reload.take(.success(tighter)) == .accept(tighter))
        #expect(reload.inForce.limits.saviorLimit == 7000)
        let back = try reload.take(.success(Example.fleet()))
        guard case .refuse(let changes) = back else {
            Issue.record("\(back)")
            return
        }
        #expect(changes.map(\.path) == ["limits.saviorLimit"])
        #expect(changes[0].description.hasPrefix("limits.saviorLimit: 7000 -> 8000 is refused: higher is looser"))
        #expect(reload.inForce == tighter)
    }

    @Test func everyLimitIsRefusedInItsLooserDirectionOnly() throws {
        let base = try Example.fleet().limits
        for rule in LimitRule.all {
            let up = try #require(Self.changed(base, rule, by: 1), "\(rule.key)")
            let down = try #require(Self.changed(base, rule, by: -1), "\(rule.key)")
            switch rule.looser {
            case .higher: #expect(rule.isLooser(up, than: base) && !rule.isLooser(down, than: base), "\(rule.key)")
            case .lower: #expect(rule.isLooser(down, than: base) && !rule.isLooser(up, than: base), "\(rule.key)")
            case .fewerRungs: #expect(rule.isLooser(down, than: base) && !rule.isLooser(up, than: base), "\(rule.key)")
            }
            for other in LimitRule.all where other.key != rule.key {
                #expect(
                    !other.isLooser(up, than: base) && !other.isLooser(down, than: base),
                    "\(rule.key) \(other.key)"
                )
            }
        }
    }

    @Test func aLadderMayGainRungsButNotLoseThem() throws {
        let old = try Example.fleet()
        var more = old
        more.limits.emergencyLadder = [50, 100, 1000, 2500, 5000, 10_000]
        #expect(FleetReload(inForce: old).decide(.success(more)) == .accept(more))
        guard case .refuse(let changes) = FleetReload(inForce: more).decide(.success(old)) else {
            Issue.record("a ladder lost rungs")
            return
        }
        #expect(changes.map(\.new) == ["[100, 1000, 5000, 10000]"])
    }

    @Test func weakerPlacesAndPoliciesAreRefusedByName() throws {
        let old = try Example.fleet()
        var new = old
        new.regions["us-west-2"]?.failureGroups = ["elsewhere"]
        new.services["play"]?.isCritical = false
        new.services["search"] = nil
        new.zone.name = "other.test"
        guard case .refuse(let changes) = FleetReload(inForce: old).decide(.success(new)) else {
            Issue.record("weaker places were taken")
            return
        }
        #expect(
            changes.map(\.path) == [
                "zone.name", "services.search", "regions.us-west-2.failureGroups", "services.play.critical",
            ]
        )
        var shy = old
        shy.policy.evacuation = .approve
        shy.geographies["europe"]?.allowed = ["eu-west-1", "us-west-2"]
        #expect(FleetReload(inForce: old).decide(.success(shy)) == .accept(shy))
        guard case .refuse(let bolder) = FleetReload(inForce: shy).decide(.success(old)) else {
            Issue.record("a bolder policy was taken")
            return
        }
        #expect(bolder.map(\.path) == ["policy.evacuation", "geographies.europe.allowed"])
    }

    /// `limits` with this one limit a little higher or lower; a ladder gains or loses a rung.
    private static func changed(_ limits: Limits, _ rule: LimitRule, by step: Int) -> Limits? {
        var result = limits
        let span = Span(milliseconds: Int64(step))
        switch rule.key {
        case "bucket": result.bucket = limits.bucket + span
        case "staleAfter": result.staleAfter = limits.staleAfter + span
        case "dipBelow": result.dipBelow += step
        case "reliefAfter": result.reliefAfter += step
        case "reliefReturnAfter": result.reliefReturnAfter = limits.reliefReturnAfter + span
        case "maxReliefs": result.maxReliefs += step
        case "reliefWindow": result.reliefWindow = limits.reliefWindow + span
        case "hardenAfter": result.hardenAfter = limits.hardenAfter + span
        case "hardenAfterRelieved": result.hardenAfterRelieved = limits.hardenAfterRelieved + span
        case "ladder.emergency": result.emergencyLadder = step > 0 ? [1] + limits.emergencyLadder : [100, 10_000]
        case "ladder.gentle": result.gentleLadder = step > 0 ? [1] + limits.gentleLadder : [100, 10_000]
        case "soak.min": result.soakMin = limits.soakMin + span
        case "soak.max": result.soakMax = limits.soakMax + span
        case "saviorLimit": result.saviorLimit += step
        case "maxRegionShare": result.maxRegionShare += step
        case "residual": result.residual += step
        case "residualFor": result.residualFor = limits.residualFor + span
        case "stableFor": result.stableFor = limits.stableFor + span
        case "blockWindow": result.blockWindow = limits.blockWindow + span
        case "maxAutomaticPerDay": result.maxAutomaticPerDay += step
        case "dnsTTL": result.dnsTTL = limits.dnsTTL + span
        case "dnsMaxChange": result.dnsMaxChange += step
        case "freezeCheck": result.freezeCheck = limits.freezeCheck + span
        case "callTimeout": result.callTimeout = limits.callTimeout + span
        case "maxAttempts": result.maxAttempts += step
        case "callsPerSecond": result.callsPerSecond += step
        default: return nil
        }
        return result
    }
}
