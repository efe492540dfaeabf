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

    @Test func whoAsksForTheShortOnlyHearsNothingOfTheCovered() {
        let fleet = Self.fleet
        let each = { (count: Int) in Array(repeating: count, count: fleet.services.count) }
        let loads = [true, false].map { onlyShort in
            CapacityPlanner.loads(
                under: fleet.homeShares,
                regions: fleet.regions.keys,
                fleet: fleet,
                arrivals: fleet.geographies.mapValues { _ in 1_000 },
                mixes: fleet.regions.mapValues { _ in each(1).map { Double($0) } },
                ready: ["eu-west-1": each(1), "us-east-1": each(1_000), "us-west-2": each(1_000)],
                onlyShort: onlyShort
            )
        }
        #expect(loads[0] == loads[1].filter { !$0.isCovered })
        #expect(loads[0].map(\.cluster.region) == each(0).map { _ in "eu-west-1" })
        #expect(loads[1].count == 3 * fleet.services.count)
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

    @Test func whoIsLeftOutLosesItsPartAndNobodyElseGoesHome() throws {
        let plan = try self.plan(usable: ["us-west-2", "eu-west-1"])
        let (next, points) = try Planner.leavingOut(
            ["eu-west-1"],
            of: plan,
            at: 1000,
            fleet: Self.fleet,
            usable: ["us-west-2", "eu-west-1"]
        )
        let shares = next.shares(at: points)
        #expect(points == 100 && next.kept == ["south-america": 1000])
        #expect(shares["us-east"]?["us-west-2"] == 100 && shares["us-east"]?["eu-west-1"] == 0)
        #expect(shares["south-america"] == plan.shares(at: 1000)["south-america"])
        #expect(next.climbing(at: points) == ["us-east"] && next.climbing(at: 10_000).count == 2)
        #expect(next.shares(at: 10_000)["us-east"] == ShareVector(all: "us-west-2"))
        #expect(next.hash != plan.hash)
    }

    @Test func aSaviorThatSharedKeepsWhatItHadAndNoMore() throws {
        var plan = try self.plan(usable: ["us-west-2", "eu-west-1"])
        plan.saviors = ["us-east": ["eu-west-1": 7500, "us-west-2": 2500]]
        let (next, points) = try Planner.leavingOut(
            ["eu-west-1"],
            of: plan,
            at: 10_000,
            fleet: Self.fleet,
            usable: ["us-west-2"]
        )
        #expect(points == 2500 && next.kept == nil)
        #expect(next.shares(at: points)["us-east"]?["us-west-2"] == 2500)
    }

    @Test func whoWentHomeComesAlongAgainWithACanary() throws {
        var plan = try self.plan(usable: ["us-west-2", "eu-west-1"])
        plan.abandoned = ["us-east"]
        let (next, points) = try Planner.leavingOut(
            ["eu-west-1"],
            of: plan,
            at: 10_000,
            fleet: Self.fleet,
            usable: ["us-west-2"]
        )
        #expect(points == 100 && next.abandoned == [])
        #expect(next.shares(at: points)["us-east"]?["us-west-2"] == 100)
        #expect(next.shares(at: points)["south-america"] == ShareVector(all: "us-west-2"))
    }

    @Test func whereNobodyElseMaySaveNobodyIsLeftOut() throws {
        let plan = try self.plan(usable: ["us-west-2", "eu-west-1"])
        let error = #expect(throws: PlanProblem.self) {
            try Planner.leavingOut(["eu-west-1"], of: plan, at: 100, fleet: Self.fleet, usable: ["eu-west-1"])
        }
        #expect(error?.rule == .s03)
    }

    /// Whatever each has reached, the words of another direction mean the same shares, and no way back moves anybody out.
    @Test(arguments: [0, 100, 1000, 5000, 9999, 10_000]) func aTurnChangesNoShare(_ points: Int) throws {
        var plan = try self.plan(usable: ["us-west-2", "eu-west-1"])
        plan.kept = ["south-america": 5000]
        let present = plan.shares(at: points)
        let (back, from) = plan.turned(at: points)
        #expect(back.shares(at: from) == present && from == max(points, 5000))
        for lower in stride(from: from, through: 0, by: -500) {
            for (geography, vector) in back.shares(at: lower) {
                #expect(vector["us-east-1"] >= present[geography]?["us-east-1"] ?? 0)
            }
        }
        #expect(back.shares(at: 0) == plan.baseline)
        let (again, at) = back.outward(at: from)
        #expect(again.shares(at: at) == present && again.shares(at: 10_000) == plan.shares(at: 10_000))
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
