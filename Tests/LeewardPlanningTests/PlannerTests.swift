import LeewardModel
import LeewardPlanning
import LeewardTestModel
import Testing

@Suite struct PlannerTests {
    @Test func sharesAtZeroAreTheBaselineBitForBit() throws {
        let plan = try self.plan(usable: ["us-west-2", "eu-west-1"])
        #expect(plan.shares(at: 0) == plan.baseline)
        #expect(plan.shares(at: 10_000)["us-east"] == ShareVector(all: "eu-west-1"))
        #expect(plan.shares(at: 10_000)["south-america"] == ShareVector(all: "us-west-2"))
        #expect(plan.shares(at: 10_000)["europe"] == plan.baseline["europe"])
    }

    @Test func anUnusableSaviorIsReplacedByAnotherThatResidencyAllows() throws {
        let plan = try self.plan(usable: ["us-west-2"])
        #expect(plan.shares(at: 10_000)["us-east"] == ShareVector(all: "us-west-2"))
    }

    @Test func withoutAnySaviorThereIsNoPlanAndTheReasonNamesTheGeography() {
        let error = #expect(throws: PlanProblem.self) { try self.plan(usable: []) }
        #expect(error?.rule == .s03)
        #expect(error?.description.contains("south-america") == true)
    }

    @Test func aRegionOfTheSameFailureGroupSavesNobody() throws {
        var fleet = Self.fleet
        fleet.regions["eu-west-1"]?.failureGroups = ["us-east"]
        let plan = try self.plan(fleet: fleet, usable: ["us-west-2", "eu-west-1"])
        #expect(plan.receivers == ["us-west-2"])
    }

    @Test func theHashNamesWhatWouldBeDone() throws {
        let plan = try self.plan(usable: ["us-west-2", "eu-west-1"])
        var other = plan
        other.arrivals = ["us-east": 1]
        #expect(other.hash == plan.hash, "a forecast is no part of what was agreed to")
        other.saviors["us-east"] = ["us-west-2": 10_000]
        #expect(other.hash != plan.hash)
        other = plan
        other.ladder = [100, 10_000]
        #expect(other.hash != plan.hash)
    }

    @Test func theSmallestGeographyIsPublishedFirstAndEntersAtItsSavior() throws {
        let plan = try self.plan(usable: ["us-west-2", "eu-west-1"])
        #expect(plan.published == ["south-america", "us-east"])
        #expect(plan.entries(of: "us-east") == ["eu-west-1"])
        #expect(plan.entries(of: "europe") == ["eu-west-1"])
    }

    @Test(arguments: [(80.0, 1), (81.0, 2), (0.0, 1), (800.0, 10)])
    func instancesStayWithinTheLimit(_ load: Double, _ count: Int) {
        #expect(CapacityPlanner.instances(for: load, of: 100, limit: 8000) == count)
    }

    @Test func anUnknownLoadNeedsMoreThanAnybodyHas() {
        #expect(CapacityPlanner.instances(for: .infinity, of: 100, limit: 8000) > 1_000_000)
        #expect(CapacityPlanner.instances(for: .nan, of: 100, limit: 8000) > 1_000_000)
    }

    private func plan(fleet: Fleet = fleet, usable: [RegionID]) throws(PlanProblem) -> Plan {
        try Planner.evacuation(
            of: "us-east-1",
            fleet: fleet,
            shares: fleet.homeShares,
            entries: fleet.geographies.mapValues { [$0.home] },
            arrivals: ["us-east": 310, "south-america": 305, "us-west": 300, "europe": 300],
            usable: usable,
            ladder: [100, 1000, 10_000]
        )
    }

    static let regions: [RegionID] = ["us-east-1", "us-west-2", "eu-west-1"]

    static let fleet: Fleet = {
        let edge = EdgeSpec(address: "127.0.0.1", port: 1, tunnelPort: 2, agent: .unix(path: "/a"))
        let geography = { (name: String, home: RegionID, savior: RegionID) in
            GeographySpec(host: "\(name).lab.test", home: home, allowed: Self.regions, saviors: [savior: 10_000])
        }
        return Fleet(
            name: "test",
            zone: ZoneSpec(name: "lab.test", servers: ["127.0.0.1:53"], keyName: "k", keyFile: "/k"),
            regions: SortedMap(
                Self.regions.map {
                    (
                        $0,
                        RegionSpec(
                            failureGroups: [FailureGroup(String($0.text.prefix(7)))],
                            edge: edge,
                            provider: .unix(path: "/p")
                        )
                    )
                }
            ),
            geographies: [
                "us-east": geography("us-east", "us-east-1", "eu-west-1"),
                "south-america": geography("south-america", "us-east-1", "us-west-2"),
                "us-west": geography("us-west", "us-west-2", "us-east-1"),
                "europe": geography("europe", "eu-west-1", "us-east-1"),
            ],
            services: [:],
            signals: SignalsSpec(prometheus: .tcp(host: "h", port: 1), served: "", entered: "", load: ""),
            policy: Policy(relief: .act, evacuation: .act),
            limits: .test { $0.emergencyLadder = [100, 10_000] }
        )
    }()
}
