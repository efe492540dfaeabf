import LeewardModel

extension SeriesWatch {
    /// Part of the expectation below which the most sensitive test for an edge can prove a dip.
    var lowerPart: Double {
        var least = Double.infinity
        for (index, test) in StepTest.all.enumerated() where test.kind == .edge {
            least = min(least, self.threshold(index, test, self.found.deviations[index]))
        }
        return Natural.exp(-least)
    }

    /// Which test proved the newest bucket's dip, with what it saw and what it asked for.
    var proofWords: String {
        guard let proof = self.found.proof else { return "a dip" }
        guard StepTest.all.indices.contains(proof) else {
            let bad = (self.badBits & 0xFF).nonzeroBitCount
            return "it flaps: \(bad) of its last 8 buckets (\(self.lasting(8))) are far below its level"
        }
        let test = StepTest.all[proof]
        let deviation = self.found.deviations[proof]
        let change = Words.part(1 - Natural.exp(self.found.changes[proof]))
        let asked = Words.part(1 - Natural.exp(-self.threshold(proof, test, deviation)))
        let usual = Words.part(Natural.exp(deviation) - 1)
        let before =
            switch test.kind {
            case .edge: "below the \(test.before) before"
            case .ramp: "below the \(test.before) that ended \(self.lasting(test.gap)) ago"
            }
        return "its last \(test.after) buckets (\(self.lasting(test.after))) are \(change) \(before); "
            + "\(asked) would have been enough where it usually strays by \(usual)"
    }

    private func lasting(_ buckets: Int) -> String {
        let seconds = buckets * self.length
        return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }
}

extension Words {
    /// "12 %", or "2.4 %" below ten, of a part of 1.
    static func part(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1_000_000 else { return "-" }
        let tenths = Int((value * 1_000).rounded())
        let isSmall = abs(tenths) < 100 && tenths % 10 != 0
        guard isSmall else { return "\(Int((value * 100).rounded())) %" }
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10) %"
    }
}
