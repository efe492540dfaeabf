import LeewardEngine
import LeewardModel

/// S26: whoever goes on under another clock lets the block window start over in full.
///
/// What was written under another clock can not be compared with one's own: it counts as of the moment of the start.
struct WindowsStartOver: Oracle {
    static let blur: Int64 = 10_000
    /// The clock under which an evacuation that counts for the window has ended last.
    private var ended: String?
    private var beganAt: Int64 = 0
    private var wasApproved = false

    mutating func recorded(_ record: Record, _ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        switch record {
        case .started, .leaseGained: self.beganAt = scene.now
        case .acknowledged: self.ended = nil
        case .opened: self.wasApproved = false
        case .phase(_, let phase, _, _) where phase.isTerminal:
            if self.wasApproved, story.active?.isPlanned == false { self.ended = scene.boot }
        case .approved(let id, let principal, _):
            self.wasApproved = true
            let since = scene.now - self.beganAt
            guard principal == .automation, let ended = self.ended, ended != scene.boot,
                since < scene.world.fleet.limits.blockWindow.milliseconds - Self.blur
            else { return }
            let text =
                "\(id) is approved \(since) ms after a start under another clock than that of the last evacuation"
            complaints.append(Complaint(rule: .s26, detail: text))
        default: break
        }
    }
}
