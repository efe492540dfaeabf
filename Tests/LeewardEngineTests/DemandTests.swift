import LeewardEngine
import LeewardModel
import LeewardPlanning
import Testing

/// Saviors are sized by the fleet's own history, for the load that is to come and not only for what arrives now.
@Suite struct DemandTests {
    /// Four weeks in which every day is twice as busy for some hours, beginning with an hour's ramp at this moment of day.
    private static func history(until end: WallTime, days: Int = 28) -> [Sample] {
        var samples: [Sample] = []
        let newest = end.milliseconds / 300_000
        for slot in (newest - Int64(days) * 288 + 1)...newest {
            let time = WallTime(milliseconds: slot * 300_000)
            let sinceRamp = Double((time.milliseconds - end.milliseconds) %% 86_400_000) / 3_600_000
            let level = sinceRamp < 1 ? 1 + sinceRamp : sinceRamp < 8 ? 2 : sinceRamp < 9 ? 10 - sinceRamp : 1
            for region in TestFleet.regions {
                let users = (region == "us-east-1" ? 600 : 300) * level
                // A hair of noise: what never errs has no spread to learn.
                let noise = 1 + 0.004 * Double((slot * 7 + Int64(region.text.utf8.count)) %% 5 - 2)
                samples.append(Sample(signal: .served, region: region, time: time, value: users * noise))
                for service in TestFleet.services {
                    samples.append(
                        Sample(signal: .load, region: region, service: service, time: time, value: users / 2 * noise)
                    )
                }
            }
        }
        return samples
    }

    private static func quiet(_ days: Int?) -> Run {
        var run = Run(shadow: 12)
        if let days { run.feed(.historyArrived(Self.history(until: run.world.wall, days: days))) }
        run.pass(seconds: 30)
        return run
    }

    private static func needed(_ run: Run) -> Int? {
        guard case .success(let preview) = run.controller.preview(of: "us-east-1", at: run.world.now) else {
            return nil
        }
        return preview.loads.first { $0.cluster == ClusterID("eu-west-1", "play") }?.needed
    }

    @Test func aSaviorIsSizedForTheHalfHourToCome() {
        // 300 of its own and 300 received are 300 a second for each of two services now, and 450 in half an hour.
        #expect(Self.needed(Self.quiet(nil)) == 5)
        let needed = Self.needed(Self.quiet(28)) ?? 0
        #expect((6...7).contains(needed), "\(needed) instances of 100 at 80 %")
    }

    @Test func aWeekOfHistoryForetellsNothingAndTheMixOfTrafficAnswers() {
        let needed = Self.needed(Self.quiet(6)) ?? 0
        #expect((4...5).contains(needed), "\(needed)")
    }

    @Test func theSameHistoryAgainChangesNothing() {
        var run = Self.quiet(28)
        let before = run.controller.forecasts
        #expect(!before.isEmpty)
        run.feed(.historyArrived(Self.history(until: run.world.wall - .seconds(30))))
        run.pass(seconds: 10)
        #expect(run.controller.forecasts == before)
    }

    @Test func forecastsAreScoredByEvacuationAndDistance() throws {
        var run = Self.quiet(28)
        run.pass(seconds: 5)
        let scores = run.controller.forecasts
        let usual = try #require(
            scores.first {
                $0.service == "play" && $0.savior == "eu-west-1" && $0.evacuee == "us-east-1" && $0.aheadMinutes == 30
            }
        )
        #expect(usual.count > 1_500, "a week of five minutes")
        #expect((usual.wape ?? 100) < 5)
    }

    @Test func whereTheKindsOfClientsAreKnownASaviorCountsWhatItWillBeAskedItself() {
        // In Europe a user asks twice as much of play as at home in the east.
        var samples: [Sample] = []
        var run = Run(shadow: 12)
        for var sample in Self.history(until: run.world.wall) {
            if sample.region == "eu-west-1", sample.service == "play" { sample.value *= 2 }
            samples.append(sample)
        }
        var plain = run
        plain.feed(.historyArrived(samples))
        plain.pass(seconds: 30)
        for sample in samples where sample.signal == .served {
            let part = 0.3 + 0.02 * Double((sample.time.milliseconds / 300_000 * 3) %% 7)
            for (kind, share) in [("phone", part), ("television", 1 - part)] {
                var clients = sample
                clients.signal = .clients
                clients.service = ServiceID(kind)
                clients.value *= share
                samples.append(clients)
            }
        }
        run.feed(.historyArrived(samples))
        run.pass(seconds: 30)
        let (without, with) = (Self.needed(plain) ?? 0, Self.needed(run) ?? 0)
        // 1.5 times 300 + 150 requests a second, or 1.5 times 600; 80 for each instance.
        #expect((8...10).contains(without) && (11...13).contains(with), "\(without) and \(with)")
    }

    @Test func whatAnEvacuationDidToItsRegionsIsNotTheirUsualLoad() {
        var run = Self.quiet(28)
        run.world.fault["us-east-1"] = .down
        let began = run.world.wall
        run.pass(seconds: 60)
        run.world.fault["us-east-1"] = .healthy
        #expect(run.until(120) { $0.last?.phase == .done })
        let before = Self.needed(run)
        #expect((6...7).contains(before ?? 0), "\(String(describing: before))")
        // In the store its load is gone, and everybody else's is four times the usual.
        var history = Self.history(until: run.world.wall)
        for index in history.indices where history[index].time > began {
            history[index].value *= history[index].region == "us-east-1" ? 0.01 : 4
        }
        run.feed(.historyArrived(history))
        run.pass(seconds: 2)
        #expect(Self.needed(run) == before)
    }
}

infix operator %% : MultiplicationPrecedence
/// The remainder that is never negative.
private func %% (left: Int64, right: Int64) -> Int64 { ((left % right) + right) % right }
