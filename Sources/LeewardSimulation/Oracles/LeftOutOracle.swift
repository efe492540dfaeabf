import LeewardEngine
import LeewardModel

/// S05 and S08: who is new to a geography begins with a canary, who was left out gets nothing more, and there is an end of it.
struct LeftOut: Oracle {
    /// Times that one evacuation may turn back from a savior and go on towards others (SC07).
    static let most = 2
    private var regions: [RegionID] = []
    private var turns = 0

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .opened: (self.regions, self.turns) = ([], 0)
        case .replanned(let id, _, let without, _):
            self.turns += 1
            self.regions += without
            guard self.turns > Self.most else { break }
            let text = "\(id) turns from \(without.map(\.text).joined(separator: ", ")) for the \(self.turns). time"
            complaints.append(Complaint(rule: .s08, detail: text))
        case .rung(let id, let points, _, let after, _):
            guard let active = story.active, !story.isReturning, !active.isPlanned, !active.isDNSOnly else { break }
            let before = story.shares ?? scene.world.fleet.homeShares
            for (geography, vector) in after {
                for region in vector.regions where region != active.evacuee {
                    let (had, has) = (before[geography]?[region] ?? 0, vector[region])
                    if has > had, self.regions.contains(region) {
                        let text = "\(id) rung \(points): \(region) was left out and gets \(has) of \(geography)"
                        complaints.append(Complaint(rule: .s08, detail: text))
                    }
                    if had == 0, has > Ladder.canary, !story.hasPublished {
                        let text = "\(id) rung \(points): \(region) begins with \(has) basis points of \(geography)"
                        complaints.append(Complaint(rule: .s05, detail: text))
                    }
                }
            }
        default: break
        }
    }
}
