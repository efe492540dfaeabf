import LeewardFleetFile
import LeewardModel
import Testing

/// One way to damage the example, and the message that it must give.
struct Damage: Sendable, CustomTestStringConvertible {
    var name: String
    /// This passage of the example is exchanged for `new`.
    var old: String
    var new: String
    /// The line of this passage in the damaged file is the line that the message names.
    var place: String
    /// What the message must contain.
    var says: String
    var testDescription: String { self.name }

    init(_ name: String, _ old: String, _ new: String, at place: String? = nil, says: String) {
        self.name = name
        self.old = old
        self.new = new
        self.place = place ?? new
        self.says = says
    }
}

/// Each damage gives one clear message at its own line; none of them is ever read as a fleet, none ends the process.
@Suite struct DamagedFileTests {
    static let damages: [Damage] = [
        .init(
            "unknown key",
            "  saviorLimit: 8000",
            "  savourLimit: 8000\n  saviorLimit: 8000",
            at: "  savourLimit",
            says: "limits.savourLimit is an unknown key"
        ),
        .init(
            "page channel without a port",
            "  alertmanager: http://127.0.0.1:9093",
            "  alertmanager: http://127.0.0.1",
            says: "pages.alertmanager is \"http://127.0.0.1\"; allowed is http://host:port"
        ),
        .init(
            "blank page channels",
            "pages:\n  alertmanager: http://127.0.0.1:9093",
            "pages:",
            says: "pages is blank; allowed is a mapping with the keys alertmanager"
        ),
        .init(
            "a day that does not exist",
            "policy:",
            "calendar:\n  - { name: final, from: 2026-02-30T18:00Z, to: 2026-12-26T06:00Z, expect: 6000 }\npolicy:",
            at: "  - { name: final",
            says: "calendar[0].from is \"2026-02-30T18:00Z\""
        ),
        .init(
            "an event that ends before it begins",
            "policy:",
            "calendar:\n  - { name: final, from: 2026-12-24T18:00Z, to: 2026-12-23T06:00Z, expect: 6000 }\npolicy:",
            at: "  - { name: final",
            says: "calendar[0].to is not after `from`"
        ),
        .init(
            "an event in a region that does not exist",
            "policy:",
            "calendar:\n  - { name: final, from: 2026-12-24T18:00Z, to: 2026-12-26T06:00Z, expect: 6000, regions: [mars-1] }\npolicy:",
            at: "  - { name: final",
            says: "one of the regions"
        ),
        .init("unknown section", "policy:", "polici:", at: "polici:", says: "polici is an unknown key"),
        .init(
            "missing limit",
            "  blockWindow: 1h\n",
            "",
            at: "limits:\n",
            says: "limits.blockWindow is missing; allowed is a duration 1m...7d"
        ),
        .init(
            "missing inner limit",
            "soak: { min: 2s, max: 15s }",
            "soak: { min: 2s }",
            says: "limits.soak.max is missing"
        ),
        .init(
            "shares below the whole",
            "us-east-1: 5000, us-west-2: 5000",
            "us-east-1: 5000, us-west-2: 4000",
            says: "geographies.europe.saviors is a sum of 9000 basis points; allowed is exactly 10000"
        ),
        .init(
            "shares above the whole",
            "us-east-1: 5000, us-west-2: 5000",
            "us-east-1: 5000, us-west-2: 5001",
            says: "a sum of 10001"
        ),
        .init(
            "region twice",
            "  eu-west-1:\n    failureGroups: [europe]",
            "  us-west-2:\n    failureGroups: [europe]",
            at: "  us-west-2:\n    failureGroups: [us-west]",
            says: "regions.us-west-2 is written again on line"
        ),
        .init(
            "limit twice",
            "  residual: 10\n",
            "  residual: 10\n  residual: 500\n",
            at: "  residual: 10\n",
            says: "limits.residual is written again on line"
        ),
        .init(
            "percent instead of basis points",
            "maxRegionShare: 8000",
            "maxRegionShare: 80%",
            says: "limits.maxRegionShare is \"80%\"; allowed is an integer 1000...10000"
        ),
        .init("a number in quotes", "residual: 10\n", "residual: \"10\"\n", says: "limits.residual is \"10\""),
        .init(
            "not a number",
            "dipBelow: 7000",
            "dipBelow: .nan",
            says: "limits.dipBelow is \".nan\"; allowed is an integer 1000...9500"
        ),
        .init("infinity", "callsPerSecond: 20", "callsPerSecond: .inf", says: "limits.callsPerSecond is \".inf\""),
        .init(
            "overflow",
            "maxAttempts: 5",
            "maxAttempts: 99999999999999999999",
            says: "limits.maxAttempts is \"99999999999999999999\""
        ),
        .init("negative", "maxReliefs: 3", "maxReliefs: -3", says: "limits.maxReliefs is \"-3\""),
        .init("octal", "residual: 10\n", "residual: 010\n", says: "limits.residual is \"010\""),
        .init(
            "duration without unit",
            "stableFor: 20s",
            "stableFor: 20",
            says: "limits.stableFor is \"20\"; allowed is a duration"
        ),
        .init(
            "duration out of range",
            "callTimeout: 2s",
            "callTimeout: 3s",
            says: "limits.callTimeout is \"3s\"; allowed is a duration 100ms...2s"
        ),
        .init("half a second of DNS", "dnsTTL: 5s", "dnsTTL: 1500ms", says: "limits.dnsTTL is 1500ms"),
        .init("blank limit", "freezeCheck: 5s", "freezeCheck:", says: "limits.freezeCheck is blank"),
        .init("blank host", "host: europe.lab.test", "host: ~", says: "geographies.europe.host is blank"),
        .init("no canary", "gentle: [100, 500,", "gentle: [500,", says: "limits.ladder.gentle[0] is 500, no canary"),
        .init(
            "ladder that falls",
            "[100, 1000, 5000, 10000]",
            "[100, 5000, 1000, 10000]",
            says: "limits.ladder.emergency[2] is 1000 after 5000"
        ),
        .init(
            "ladder that ends early",
            "[100, 1000, 5000, 10000]",
            "[100, 1000, 5000]",
            says: "a ladder that ends at 5000"
        ),
        .init(
            "soak upside down",
            "{ min: 2s, max: 15s }",
            "{ min: 20s, max: 15s }",
            says: "limits.soak.max is 15s, shorter than soak.min"
        ),
        .init(
            "doubled list item",
            "failureGroups: [us-west]",
            "failureGroups: [us-west, us-west]",
            says: "regions.us-west-2.failureGroups[1] is \"us-west\" a second time"
        ),
        .init(
            "empty list",
            "failureGroups: [us-west]",
            "failureGroups: []",
            says: "regions.us-west-2.failureGroups is an empty list"
        ),
        .init(
            "savior is the home",
            "saviors: { us-east-1: 10000 }",
            "saviors: { us-west-2: 10000 }",
            at: "saviors: { us-west-2: 10000 }\n  europe",
            says: "geographies.us-west.saviors.us-west-2 is the home region"
        ),
        .init(
            "savior of the same failure group",
            "failureGroups: [us-west]",
            "failureGroups: [us-west, europe]",
            at: "us-east-1: 5000, us-west-2: 5000",
            says: "in the failure group europe of the home region eu-west-1"
        ),
        .init(
            "unknown savior",
            "saviors: { eu-west-1: 10000 }",
            "saviors: { eu-west-9: 10000 }",
            says: "geographies.us-east.saviors.eu-west-9 is no region of this file"
        ),
        .init(
            "savior outside residency",
            "    allowed: [us-east-1, us-west-2, eu-west-1]\n    saviors: { eu-west-1: 10000 }",
            "    allowed: [us-east-1, us-west-2]\n    saviors: { eu-west-1: 10000 }",
            at: "saviors: { eu-west-1: 10000 }",
            says: "geographies.us-east.saviors.eu-west-1 is not in allowed"
        ),
        .init(
            "home outside residency",
            "    allowed: [us-east-1, us-west-2, eu-west-1]\n    saviors: { eu-west-1: 10000 }",
            "    allowed: [us-west-2, eu-west-1]\n    saviors: { eu-west-1: 10000 }",
            at: "    allowed: [us-west-2, eu-west-1]",
            says: "without the home region us-east-1"
        ),
        .init(
            "unknown home",
            "home: us-west-2",
            "home: us-west-3",
            says: "geographies.us-west.home is us-west-3, no region of this file"
        ),
        .init(
            "host outside the zone",
            "host: europe.lab.test",
            "host: europe.other.test",
            says: "geographies.europe.host is europe.other.test"
        ),
        .init(
            "host twice",
            "host: us-west.lab.test",
            "host: us-east.lab.test",
            at: "host: us-east.lab.test\n    home: us-west-2",
            says: "the host of us-east"
        ),
        .init(
            "address twice",
            "address: 127.0.1.3",
            "address: 127.0.1.1",
            at: "address: 127.0.1.1\n",
            says: "127.0.1.1, the address of eu-west-1"
        ),
        .init(
            "bad address",
            "address: 127.0.1.3",
            "address: 127.0.1.300",
            says: "regions.eu-west-1.edge.address is \"127.0.1.300\"; allowed is an IPv4 address"
        ),
        .init(
            "agent of another region",
            "/run/leeward/us-west-2/agent.sock",
            "/run/leeward/us-east-1/agent.sock",
            at: "/run/leeward/us-east-1/agent.sock\n    provider: unix:/run/leeward/us-west-2",
            says: "the same as regions.us-east-1.edge.agent"
        ),
        .init(
            "bad endpoint",
            "prometheus: http://127.0.0.1:8428",
            "prometheus: 127.0.0.1:8428",
            says: "signals.prometheus is \"127.0.0.1:8428\"; allowed is http://host:port"
        ),
        .init(
            "query without window",
            "served: sum by (region) (rate(leeward_edge_good_total[$window]))",
            "served: sum by (region) (rate(leeward_edge_good_total[15s]))",
            says: "signals.served is"
        ),
        .init(
            "bad name",
            "  browse:\n",
            "  Browse!:\n",
            says: "is named \"Browse!\"; allowed is 1 to 63 of a-z, 0-9 and -"
        ),
        .init(
            "path that shadows another",
            "path: /profile",
            "path: /play/profile",
            says: "services.profile.path is /play/profile, which begins with /play of play"
        ),
        .init("path without slash", "path: /profile", "path: profile", says: "services.profile.path is \"profile\""),
        .init(
            "yes for true",
            "    path: /play\n    instanceCapacity: 100\n    critical: true",
            "    path: /play\n    instanceCapacity: 100\n    critical: yes",
            at: "    critical: yes",
            says: "services.play.critical is \"yes\"; allowed is true or false"
        ),
        .init(
            "unknown autonomy",
            "evacuation: act",
            "evacuation: auto",
            says: "policy.evacuation is \"auto\"; allowed is observe, recommend, approve, act"
        ),
        .init(
            "list for a mapping",
            "soak: { min: 2s, max: 15s }",
            "soak: [2s, 15s]",
            says: "limits.soak is a list; allowed is a mapping with the keys min, max"
        ),
        .init("tab", "  reliefAfter: 2", "\treliefAfter: 2", says: "the file is indented by a tab"),
        .init("NUL", "reliefAfter: 2", "reliefAfter: \u{0}2", says: "holding a NUL byte"),
        .init(
            "anchor and alias",
            "  us-east-1:\n    failureGroups: [us-east]",
            "  us-east-1: &one\n    failureGroups: [us-east]",
            says: "using an anchor or alias"
        ),
        .init("tag", "relief: act", "relief: !!binary act", says: "using a tag"),
        .init(
            "several documents",
            "# Every limit is required",
            "---\n# Every limit is required",
            at: "limits:\n",
            says: "several documents"
        ),
        .init(
            "mapping as a key",
            "  relief: act\n",
            "  ? [relief]\n  : act\n  relief: act\n",
            at: "  ? [relief]",
            says: "a key that is a list; allowed is a key that is a word"
        ),
        .init("conflict marker", "limits:\n", "<<<<<<< ours\nlimits:\n", at: "<<<<<<<", says: "no YAML here"),
        .init(
            "ceiling that forbids every evacuation",
            "maxRegionShare: 8000",
            "maxRegionShare: 4000",
            says: "limits.maxRegionShare is 4000; allowed is at least 5000"
        ),
    ]

    @Test(arguments: damages) func aDamageIsNamedAtItsLine(_ damage: Damage) throws {
        let text = try Example.with(damage.old, damage.new)
        let problems = Example.problems(text)
        let named = problems.filter { $0.description.contains(damage.says) }
        let problem = try #require(named.first, "\(problems)")
        #expect(problem.line == (try Example.line(of: damage.place, in: text)), "\(problems)")
    }

    @Test func aRegionThatIsAbsentIsNamedWhereItIsUsed() throws {
        let text = try Example.text()
        let start = try #require(text.firstRange(of: "  eu-west-1:\n")).lowerBound
        let end = try #require(text.firstRange(of: "geographies:\n")).lowerBound
        let damaged = text[..<start] + text[end...]
        let problems = Example.problems(String(damaged))
        let lines = try [
            Example.line(of: "allowed: [us-east-1, us-west-2, eu-west-1]", in: String(damaged)),
            Example.line(of: "saviors: { eu-west-1: 10000 }", in: String(damaged)),
            Example.line(of: "home: eu-west-1", in: String(damaged)),
        ]
        for line in lines {
            #expect(problems.contains { $0.line == line && $0.description.contains("no region of this file") })
        }
    }

    @Test func allProblemsComeAtOnceInTheOrderOfTheirLines() throws {
        let text = try Example.with(
            "port: 8080\n      tunnelPort: 8081\n      agent: unix:/run/leeward/us-east-1",
            "port: 0\n      tunnelPort: 70000\n      agent: unix:/run/leeward/us-east-1"
        )
        .replacing("maxReliefs: 3", with: "maxReliefs: 3\n  maxReliefs: 4")
        .replacing("relief: act", with: "relief: perhaps").replacing("  callTimeout: 2s\n", with: "")
        .replacing("path: /search", with: "path: //")
        let problems = Example.problems(text)
        #expect(
            problems.map(\.path) == [
                "regions.us-east-1.edge.port", "regions.us-east-1.edge.tunnelPort", "services.search.path",
                "policy.relief", "limits.callTimeout", "limits.maxReliefs",
            ],
            "\(problems)"
        )
        #expect(problems.map(\.line) == problems.map(\.line).sorted())
    }

    @Test func everyLimitIsRequired() throws {
        for rule in LimitRule.all {
            let key = try #require(rule.key.split(separator: ".").last)
            let text = try Example.text()
            let start = try #require(text.firstRange(of: "\nlimits:")).lowerBound
            let limits = String(text[start...]).replacing("\(key):", with: "absent-\(key):")
            let problems = Example.problems(String(text[..<start]) + limits)
            #expect(
                problems.contains { $0.path == "limits.\(rule.key)" && $0.found == "missing" },
                "\(rule.key): \(problems)"
            )
        }
    }
}
