import LeewardEngine
import LeewardModel

extension Scenario {
    /// The scenarios of SCENARIOS.md that this room can play, in the order of their names.
    public static var builtIn: [Scenario] {
        [
            .sc01, .sc02, .sc02TwoOfThree, .sc02Staggered, .sc03a, .sc03b, .sc03c, .sc03d, .sc05, .sc07, .sc09,
            .sc10, .sc11, .sc23,
        ]
    }

    private static let sick: RegionID = "us-east-1"
    /// Long enough for evidence to be gathered before anything breaks.
    private static let calm = Span.seconds(30)

    /// Clean regional loss: the golden path, with nobody coming back unasked.
    public static var sc01: Scenario {
        Scenario(
            name: "SC01",
            about: "One region serves a tenth of what it should and its probes fail; it stays like this.",
            length: .seconds(480),
            faults: [TimedFault(.successRate(Self.sick, 1000), at: Self.calm)],
            expectations: [
                .verdict(.regional(Self.sick), within: .seconds(60)), .residual(within: .minutes(7)),
                .phase(.evacuated, within: .minutes(7)), .failuresAtMost(2000),
            ],
            forbidden: [.phase(.returning), .evacuations(moreThan: 1)]
        )
    }

    /// Everything looks sick: a shared dependency.
    public static var sc02: Scenario {
        Scenario(
            name: "SC02",
            about: "All regions lose 60 % at once.",
            length: .seconds(300),
            faults: [TimedFault(.successRateEverywhere(4000), at: Self.calm)],
            expectations: [.verdict(.global, within: .seconds(60)), .paged(within: .seconds(60))],
            forbidden: [.shareChange, .zoneChange, .opening]
        )
    }

    /// Two of three regions lose 60 % at once.
    public static var sc02TwoOfThree: Scenario {
        Scenario(
            name: "SC02-two",
            about: "Two of three regions lose 60 % at once.",
            length: .seconds(300),
            faults: [
                TimedFault(.successRate(Self.sick, 4000), at: Self.calm),
                TimedFault(.successRate("eu-west-1", 4000), at: Self.calm),
            ],
            expectations: [.verdict(.global, within: .seconds(60)), .paged(within: .seconds(60))],
            forbidden: [.shareChange, .zoneChange, .opening]
        )
    }

    /// All regions one after another within 90 s: relief that began is held and never extended.
    public static var sc02Staggered: Scenario {
        Scenario(
            name: "SC02-staggered",
            about: "All regions lose everything, 45 s apart.",
            length: .seconds(360),
            faults: [
                TimedFault(.successRate(Self.sick, 4000), at: Self.calm),
                TimedFault(.successRate("eu-west-1", 4000), at: Self.calm + .seconds(45)),
                TimedFault(.successRate("us-west-2", 4000), at: Self.calm + .seconds(90)),
            ],
            expectations: [.verdict(.global, within: .seconds(120)), .paged(within: .seconds(120))],
            forbidden: [.zoneChange]
        )
    }

    /// Series vanish for one region while its users are well.
    public static var sc03a: Scenario { Self.blackout("SC03a", .vanish, Self.sick) }
    /// Series vanish for all.
    public static var sc03b: Scenario { Self.blackout("SC03b", .vanish, nil) }
    /// Series freeze at their last value.
    public static var sc03c: Scenario { Self.blackout("SC03c", .freeze, nil) }
    /// Series arrive ten minutes late.
    public static var sc03d: Scenario { Self.blackout("SC03d", .lag(.minutes(10)), nil) }

    private static func blackout(_ name: String, _ kind: TelemetryFault, _ region: RegionID?) -> Scenario {
        Scenario(
            name: name,
            about: "The metrics of \(region?.text ?? "all regions") go wrong while every user is well.",
            length: .seconds(240),
            faults: [TimedFault(.telemetry(kind, region), at: Self.calm + .seconds(60))],
            expectations: [.verdict(.unknown, within: .seconds(60))],
            forbidden: [.shareChange, .zoneChange, .opening]
        )
    }

    /// A blip of 43 s, four times.
    public static var sc05: Scenario {
        Scenario(
            name: "SC05",
            about: "One region dips for 43 s, four times within the hour.",
            length: .seconds(1500),
            faults: (0..<4).map {
                TimedFault(
                    .successRate(Self.sick, 1000),
                    at: Self.calm + .seconds(Int64($0) * 330),
                    lasts: .seconds(43)
                )
            },
            expectations: [.ended(.done)],
            forbidden: [.zoneChange, .phase(.approved), .reliefs(moreThan: 3)]
        )
    }

    /// A savior carries a fifth less than its readiness says, and then much less.
    public static var sc07: Scenario {
        Scenario(
            name: "SC07",
            about:
                "The savior of the largest geography carries 80 % of what it should, and a third while users arrive.",
            length: .seconds(480),
            faults: [
                TimedFault(.capacity("eu-west-1", 8000), at: .seconds(1)),
                TimedFault(.successRate(Self.sick, 1000), at: Self.calm),
                TimedFault(.capacity("eu-west-1", 3300), at: Self.calm + .seconds(25), lasts: .seconds(120)),
            ],
            expectations: [.paged(within: .seconds(180))]
        )
    }

    /// Dark stock is defective and the providers throttle.
    public static var sc09: Scenario {
        Scenario(
            name: "SC09",
            about: "30 % of the dark instances fail, 10 % have a wrong image, and the providers throttle.",
            length: .seconds(600),
            faults: [
                TimedFault(.darkDefects("eu-west-1", failed: 3000, wrongImage: 1000), at: .seconds(5)),
                TimedFault(.darkDefects("us-west-2", failed: 3000, wrongImage: 1000), at: .seconds(5)),
                TimedFault(.calls(.provider("eu-west-1"), .throttle(6000)), at: .seconds(20), lasts: .seconds(300)),
                TimedFault(.successRate(Self.sick, 1000), at: Self.calm),
            ],
            expectations: [.failuresAtMost(9000)]
        )
    }

    /// Another actor lifts the freeze while the evacuee idles.
    public static var sc10: Scenario {
        Scenario(
            name: "SC10",
            about: "The autoscaler wants to shrink the empty evacuee, and somebody lifts the freeze at T+120.",
            length: .seconds(480),
            faults: [
                TimedFault(.successRate(Self.sick, 1000), at: Self.calm),
                TimedFault(.freezeReverted(Self.sick), at: Self.calm + .seconds(120)),
                TimedFault(.freezeReverted("eu-west-1"), at: Self.calm + .seconds(120)),
            ],
            expectations: [.phase(.evacuated, within: .minutes(7)), .paged(within: .seconds(180))]
        )
    }

    /// The controller dies in the middle of the shift and stays away for an hour.
    public static var sc11: Scenario {
        Scenario(
            name: "SC11",
            about: "The controller dies in the middle of the shift and comes back an hour later.",
            length: .seconds(4200),
            faults: [
                TimedFault(.successRate(Self.sick, 1000), at: Self.calm),
                TimedFault(
                    .controllerKilled(restartAfter: .hours(1), newBoot: false),
                    at: Self.calm + .seconds(24)
                ),
            ],
            expectations: [.phase(.evacuated, within: .seconds(4200))]
        )
    }

    /// A region recovers and fails again, six times.
    public static var sc23: Scenario {
        Scenario(
            name: "SC23",
            about: "One region fails for five minutes and recovers for ten, six times.",
            length: .seconds(6 * 900 + 60),
            faults: (0..<6).map {
                TimedFault(
                    .successRate(Self.sick, 1000),
                    at: Self.calm + .seconds(Int64($0) * 900),
                    lasts: .seconds(300)
                )
            },
            expectations: [.phase(.evacuated, within: .minutes(7))],
            forbidden: [.evacuations(moreThan: 1), .phase(.returning)]
        )
    }
}
