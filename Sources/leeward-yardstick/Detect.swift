import Foundation
import LeewardDetection
import LeewardModel

/// `detect`: rows and ticks on standard input as JSON lines, events and acknowledgements on standard output.
enum Detect {
    /// Returns at the end of the input; a line that is neither row nor tick ends the program with its number.
    static func run() {
        var watches: SortedMap<RegionID, SeriesWatch> = [:]
        var arbiter = DipArbiter()
        var reliefs = Reliefs()
        var isLive = false
        var number = 0
        while let line = readLine(strippingNewline: true) {
            number += 1
            if line.isEmpty { continue }
            switch Line(line) {
            case .tick(let now):
                isLive = true
                var answer = reliefs.step(watches)
                for event in arbiter.step(watches, now: now) {
                    switch event {
                    case .regional(let region): answer += "{\"region\":\"\(region)\",\"kind\":\"regional_dip\"}\n"
                    case .global: answer += "{\"region\":\"*\",\"kind\":\"global_dip\"}\n"
                    }
                }
                answer += "{\"ack\":\(now)}\n"
                FileHandle.standardOutput.write(Data(answer.utf8))
            case .row(let time, let region, let value):
                watches[region, default: SeriesWatch(bucket: .minutes(1))].add(
                    time: time,
                    rate: value / 60,
                    isLive: isLive
                )
            case nil:
                let remedy = "expected {\"timestamp\":..,\"region\":\"..\",\"value\":..} or {\"tick\":..}"
                FileHandle.standardError.write(Data("line \(number): \(remedy)\n".utf8))
                exit(65)
            }
        }
    }
}

/// Where relief would have begun and ended: events of kinds that the yardstick does not score, for `Benchmarks/relief.py`.
///
/// The product's rule without its second class of evidence: two buckets that lack three tenths, in this region alone.
struct Reliefs {
    /// The limits `dipBelow` (as a loss) and `reliefAfter` of the example.
    private static let lost = 0.3
    private static let after = 2
    private var open: SortedMap<RegionID, Bool> = [:]

    mutating func step(_ watches: SortedMap<RegionID, SeriesWatch>) -> String {
        var answer = ""
        for (region, watch) in watches {
            let isAlone = watches.allSatisfy { $0.0 == region || $0.1.badRun == 0 }
            if self.open[region] == nil, watch.badRun >= Self.after, watch.missing > Self.lost, isAlone {
                self.open[region] = true
                answer += "{\"region\":\"\(region)\",\"kind\":\"relief\"}\n"
            } else if self.open[region] != nil, watch.mode == .calm, !watch.isBad {
                self.open[region] = nil
                answer += "{\"region\":\"\(region)\",\"kind\":\"relief_returned\"}\n"
            }
        }
        return answer
    }
}

/// One line of the protocol.
enum Line {
    case tick(Int)
    case row(time: Int, region: RegionID, value: Double)

    init?(_ text: String) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            return nil
        }
        if let tick = object["tick"] as? NSNumber {
            self = .tick(tick.intValue)
        } else if let time = object["timestamp"] as? NSNumber, let name = object["region"] as? String,
            let value = object["value"] as? NSNumber
        {
            self = .row(time: time.intValue, region: RegionID(name), value: value.doubleValue)
        } else {
            return nil
        }
    }
}
