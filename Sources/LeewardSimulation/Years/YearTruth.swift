import LeewardModel

/// Says of a decision whether it was right.
struct YearTruth: Sendable {
    /// Less than this part of a region's users is a blip that nobody would leave for.
    static let sick = 0.1

    let events: YearEvents
    /// A decision may rest on what was so many seconds before.
    let reach: Int

    /// What leaving a region was at a time.
    enum Answer: Sendable {
        case right
        /// Its users failed, and so did others': nobody could know yet, or somebody should have.
        case elsewhereToo(String)
        /// Its users were well; what was going on instead.
        case wrong(String)
    }

    func judge(_ region: Int, at time: Int) -> Answer {
        let now = self.events.between(time - self.reach, time + 1)
        let own = now.filter { event in
            event.regions.contains(region) && event.isReal
                && stride(from: time - self.reach, through: time, by: 5).contains {
                    // A region that fails on and off is sick all the while.
                    event.kind == .flap || event.depth * event.strength(region, $0) >= Self.sick
                }
        }
        let others = now.filter { event in
            event.isReal
                && event.regions.contains { $0 != region && event.depth * event.strength($0, time) >= Self.sick }
        }
        if !own.isEmpty, others.isEmpty { return .right }
        let causes = now.map { "\($0.kind.rawValue) \($0.regions) \(Int($0.depth * 100)) % since \(time - $0.from) s" }
        let text = causes.isEmpty ? "nothing happened" : causes.joined(separator: ", ")
        return own.isEmpty ? .wrong(text) : .elsewhereToo(text)
    }

    /// True while users of the region fail.
    func isSick(_ region: Int, at time: Int) -> Bool {
        self.events.between(time, time + 1).contains {
            $0.isReal && $0.regions.contains(region) && $0.strength(region, time) > 0
        }
    }
}
