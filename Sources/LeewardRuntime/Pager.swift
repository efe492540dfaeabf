import LeewardEngine
import LeewardModel
import LeewardProviders

/// Open pages: told at once, then again and again until a person acknowledges or resumes (L09).
struct Pager: Sendable {
    /// More open pages than this drop the oldest; the log has them all.
    static let limit = 20

    private(set) var open: [(page: OpenPage, told: Timestamp)] = []
    let again: Span

    init(again: Span) { self.again = again }

    /// Opens a page; one that is open already only counts as told now.
    mutating func take(_ text: String, at now: Timestamp, wall: WallTime) {
        let since = self.open.first { $0.page.text == text }?.page.since ?? wall
        self.open.removeAll { $0.page.text == text }
        self.open.append((OpenPage(text: text, since: since), now))
        if self.open.count > Self.limit { self.open.removeFirst() }
    }

    /// A record that shows that a person is at work closes every page.
    mutating func see(_ record: Record) {
        switch record {
        case .acknowledged, .resumed: self.open = []
        default: break
        }
    }

    /// The texts that are due to be told again.
    mutating func due(at now: Timestamp) -> [String] {
        var texts: [String] = []
        for index in self.open.indices where now - self.open[index].told >= self.again {
            self.open[index].told = now
            texts.append(self.open[index].page.text)
        }
        return texts
    }
}
