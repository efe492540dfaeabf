import LeewardEngine
import LeewardModel

/// How many users come, as far as anybody could know (S06, S38).
extension Scene {
    /// Arrivals are counted over 8 s, so that one late reading is no rush: of a surge younger than that nobody knows all.
    private static let counted: Int64 = 8000

    /// Requests per second from a geography, by its index and name, without those that nobody could count.
    func countable(_ index: Int, _ geography: GeographyID) -> Double {
        self.world.arriving(index) / self.newSurge(of: geography)
    }

    /// So many times as many users came, beyond what anybody could count, as before; 1 or more.
    ///
    /// That is what began in the last seconds, or at an edge that was dead before and still is: nobody is there who counts.
    private func newSurge(of geography: GeographyID) -> Double {
        let home = self.world.fleet.geographies[geography]?.home
        return self.scenario.faults.reduce(1) { factor, timed in
            guard case .surge(geography, let points) = timed.fault, points > 10_000, self.isOn(timed) else {
                return factor
            }
            let isDead = self.scenario.faults.contains {
                $0.at <= timed.at && $0.fault == home.map { .edgeDown($0) } && self.isOn($0)
            }
            guard isDead || self.now - timed.at.milliseconds < Self.counted else { return factor }
            return factor * Double(points) / 10_000
        }
    }

    private func isOn(_ timed: TimedFault) -> Bool {
        timed.at.milliseconds <= self.now && timed.end.map { self.now < $0.milliseconds } ?? true
    }
}
