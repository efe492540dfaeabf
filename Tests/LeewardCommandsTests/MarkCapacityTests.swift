import Foundation
import LeewardFleetFile
import LeewardModel
import LeewardPlanning
import Testing

@testable import LeewardCommands
@testable import LeewardDetection

/// What an evacuation at a mark would have needed, from a history whose mix is known.
@Suite struct MarkCapacityTests {
    private static let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples/three-regions.yaml").path(percentEncoded: false)
    /// 2024-01-29T00:00:00Z, four weeks after the first sample.
    private static let at = 1_706_486_400
    private static let rates: SortedMap<RegionID, Double> = ["eu-west-1": 500, "us-east-1": 600, "us-west-2": 400]

    /// Every service gets half of the traffic; `factor` changes what comes after the mark.
    private func samples(from: Int, until: Int, factor: Double = 1) -> [Sample] {
        var samples: [Sample] = []
        for (region, rate) in Self.rates {
            for signal in [Signal.served, .load] {
                for service: ServiceID? in signal == .served ? [nil] : ["browse", "play", "profile", "search"] {
                    for time in stride(from: from, to: until, by: 300) {
                        let wall = WallTime(milliseconds: Int64(time) * 1_000)
                        let value = rate * (signal == .served ? 1 : 0.5) * factor
                        samples.append(
                            .init(signal: signal, region: region, service: service, time: wall, value: value)
                        )
                    }
                }
            }
        }
        return samples
    }

    private func mark(_ regions: SortedMap<RegionID, Double> = Self.rates) -> ReplayMark {
        ReplayMark(
            time: Self.at,
            kind: .regional,
            regions: ["us-west-2"],
            depth: 0.5,
            evidence: [:],
            expected: regions
        )
    }

    @Test func nothingAfterTheMarkIsLookedAt() throws {
        let fleet = try FleetFile.load(path: Self.example)
        let before = self.samples(from: Self.at - 28 * 86_400, until: Self.at + 300)
        let after = self.samples(from: Self.at + 300, until: Self.at + 14 * 86_400, factor: 9)
        let known = CapacityReplay(fleet, before).capacity(at: self.mark())
        #expect(known == CapacityReplay(fleet, before + after).capacity(at: self.mark()))
        // us-west-2 has one geography, and us-east-1 is its only savior: 400 users a second, half of them to each.
        let browse = try #require(known.needs.first { $0.service == "browse" })
        #expect(browse.savior == "us-east-1" && browse.ownLoad == 300)
        #expect(abs((browse.movedLoad ?? 0) - 200) < 0.1)
        #expect(browse.needsItself == 4 && browse.wouldNeed == 7 && browse.more == 3 && browse.moreAtMost == 3)
        #expect(known.more == known.needs.compactMap(\.more).reduce(0, +))
    }

    @Test func whatTheHistoryDoesNotCarryIsUnknownAndNeverZero() throws {
        let fleet = try FleetFile.load(path: Self.example)
        let short = self.samples(from: Self.at - 2 * 86_400, until: Self.at + 300)
        let capacity = CapacityReplay(fleet, short).capacity(at: self.mark())
        #expect(capacity.needs.allSatisfy { $0.movedLoad == nil && $0.more == nil && $0.needsItself != nil })
        #expect(capacity.more == nil)
        #expect(capacity.problems.contains { $0.contains("7 days are needed") })
    }

    @Test func withoutASaviorThereIsAReasonInThePlaceOfNumbers() throws {
        let fleet = try FleetFile.load(path: Self.example)
        let capacity = CapacityReplay(fleet, []).capacity(at: self.mark(["us-west-2": 400]))
        #expect(
            capacity.needs.isEmpty
                && capacity.problems.first?.hasPrefix("no plan: us-west has no healthy savior") == true
        )
    }
}
