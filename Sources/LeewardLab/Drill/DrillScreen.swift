import Foundation
import LeewardModel
import Synchronization

/// Where the progress is written: standard output, drawn in place on a terminal and line by line elsewhere.
final class DrillScreen: Sendable {
    private struct State {
        var progress: DrillProgress?
        var drawn = 0
        var key = ""
        var lastLine = ContinuousClock.now
    }

    private let isTerminal: Bool
    private let hasColour: Bool
    private let state = Mutex(State())

    init() {
        self.isTerminal = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
        let wish = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
        self.hasColour = self.isTerminal && wish.isEmpty
    }

    /// Begins to show views; until then `show` does nothing.
    func begin(_ progress: DrillProgress) {
        self.state.withLock {
            $0.progress = progress
            $0.key = ""
        }
    }

    func noteOutage(_ time: WallTime) { self.state.withLock { $0.progress?.outage = time } }

    /// Stops showing views; the last one stays.
    func end() {
        self.state.withLock {
            $0.progress = nil
            $0.drawn = 0
        }
    }

    func show(_ view: DrillView) {
        self.state.withLock { state in
            guard let progress = state.progress else { return }
            if self.isTerminal {
                let lines = progress.block(view, width: Self.width, paint: self.paint)
                self.write(Self.up(state.drawn) + lines.joined(separator: "\n") + "\n")
                state.drawn = lines.count
            } else {
                let key = progress.key(view)
                let now = ContinuousClock.now
                guard key != state.key || now - state.lastLine > .seconds(10) else { return }
                state.key = key
                state.lastLine = now
                self.write(progress.line(view) + "\n")
            }
        }
    }

    /// A line that stays, above the block.
    func say(_ line: String) {
        self.state.withLock { state in
            self.write(Self.up(state.drawn) + line + "\n")
            state.drawn = 0
        }
    }

    func paint(_ paint: Paint, _ text: String) -> String {
        self.hasColour ? "\u{1b}[\(paint.code)m\(text)\u{1b}[0m" : text
    }

    private func write(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }

    /// To the first line of the block, erasing it.
    private static func up(_ lines: Int) -> String { lines > 0 ? "\u{1b}[\(lines)A\u{1b}[J" : "" }

    private static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 40 else { return 100 }
        return Int(size.ws_col)
    }
}
