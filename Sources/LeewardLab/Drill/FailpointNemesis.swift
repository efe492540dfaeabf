import Foundation
import LeewardFailpoints
import LeewardModel

/// Lets the controller die at each of the given points once while a drill runs, and starts it again.
actor FailpointNemesis: Disturbing {
    private let folder: FailpointFolder
    private let screen: DrillScreen
    /// Points of calls: armed together, met whenever such a call is made.
    private var calls: [Failpoint]
    /// All others, one after the other, so that they meet every phase.
    private var others: [Failpoint]
    /// Deaths that were met, and whether the next one needs no point.
    private var met = 0
    private var isExpected = false
    /// What must not have happened.
    private(set) var violations: [String] = []
    private let planned: [Failpoint]

    init(_ points: [Failpoint], folder: FailpointFolder, screen: DrillScreen) {
        self.folder = folder
        self.screen = screen
        self.planned = points
        self.calls = points.filter { if case .call = $0 { true } else { false } }
        self.others = points.filter { if case .at = $0 { true } else { false } }
    }

    /// Where the controller died, in order.
    var deaths: [Failpoint] { self.folder.deaths }
    /// Planned points at which nobody died.
    var left: [Failpoint] {
        let deaths = self.deaths
        return self.planned.filter { !deaths.contains($0) }
    }

    /// Until the task is cancelled or the controller does not come back; it lives and nothing is armed afterwards.
    func run(_ lab: Lab, _ link: DaemonLink) async {
        // The first calls leave in the moment in which somebody asks for the evacuation.
        self.arm()
        var isArmed = true
        var hasBegun = false
        var next = ContinuousClock.now
        while !Task.isCancelled {
            guard lab.isDaemonAlive else {
                guard await self.revive(lab) else { return }
                next = .now + .milliseconds(1200)
                continue
            }
            switch await link.status()?.status.evacuation?.phase {
            case nil where !hasBegun: break
            case nil, "evacuated", "held":
                // A person's command goes unanswered when the controller dies with it, and the drill says each only once.
                self.disarm()
                isArmed = false
            default:
                hasBegun = true
                if !isArmed {
                    try? await Task.sleep(for: .seconds(1))
                    self.arm()
                    isArmed = true
                } else if ContinuousClock.now >= next, !self.others.isEmpty {
                    await self.provoke(self.others.removeFirst(), lab, link)
                    next = .now + .milliseconds(Int.random(in: 600...1500))
                }
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        self.disarm()
        // The one who waits was cancelled; the controller must be back all the same.
        if !lab.isDaemonAlive { _ = await Task { await self.revive(lab) }.value }
    }

    private func arm() {
        let deaths = self.deaths
        for point in self.calls where !deaths.contains(point) { self.arm(point) }
    }

    private func arm(_ point: Failpoint) {
        do { try self.folder.arm(point) } catch { self.violations.append("\(point) cannot be armed: \(error)") }
    }

    /// Nobody dies from here on; what was not met is armed again later.
    private func disarm() {
        for point in self.folder.armed where self.folder.disarm(point) {
            if case .at = point { self.others.append(point) }
        }
    }

    /// Arms the point and brings about what passes it, where that does not happen by itself.
    private func provoke(_ point: Failpoint, _ lab: Lab, _ link: DaemonLink) async {
        self.arm(point)
        do {
            switch point {
            case .at(.startRead), .at(.startBegun):
                self.isExpected = true
                try await lab.stopDaemon(kill: true)
            case .at(.stopClosing), .at(.stopDrained), .at(.stopWritten): try await lab.stopDaemon()
            case .at(.loopAnswered): _ = try? await link.command(["ack", "--yes"])
            default: break
            }
        } catch { self.violations.append("\(point) cannot be brought about: \(error)") }
    }

    /// Looks whether anything moves without a controller, and starts it until it stays; false when it does not come back.
    private func revive(_ lab: Lab) async -> Bool {
        do {
            // An effect that was under way lands or not within this time; afterwards nothing may move (S17).
            try await Task.sleep(for: .milliseconds(400))
            let before = try await Stillness(lab)
            try await Task.sleep(for: .milliseconds(250))
            let after = try await Stillness(lab)
            if before != after { self.violations.append("something moved while the controller was dead") }
        } catch is CancellationError {} catch {
            self.violations.append("what stands still cannot be read: \(error)")
        }
        for _ in 0..<5 {
            self.meet()
            do {
                try await lab.startDaemon()
                return true
            } catch {
                guard self.deaths.count > self.met else {
                    self.violations.append("the controller did not come back: \(error)")
                    return false
                }
            }
        }
        self.violations.append("the controller did not come back after five starts")
        return false
    }

    private func meet() {
        let deaths = self.deaths
        if deaths.count == self.met, !self.isExpected { self.violations.append("the controller died by itself") }
        for point in deaths.dropFirst(self.met) { self.screen.say("nemesis: the controller died at \(point)") }
        (self.met, self.isExpected) = (deaths.count, false)
    }
}
