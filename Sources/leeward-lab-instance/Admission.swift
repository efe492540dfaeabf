/// A queue without elements: only the moment at which the work taken so far will be through.
struct Admission {
    /// Longer than this nobody waits.
    static let longestWait: Int64 = 300_000

    private let interval: Int64
    private var freeAt: Int64 = 0

    init(capacity: Int) { self.interval = max(1, 1_000_000 / Int64(capacity)) }

    /// How long the request waits for its turn, in microseconds; nil when the queue is too long to join.
    mutating func admit(at now: Int64) -> Int64? {
        let start = max(now, self.freeAt)
        guard start - now <= Self.longestWait else { return nil }
        self.freeAt = start + self.interval
        return start - now
    }
}

/// Requests per second over the last whole seconds.
struct LoadMeter {
    private static let window: Int64 = 3
    private var counts: [(second: Int64, count: Int)] = Array(repeating: (-1, 0), count: 8)
    private(set) var total = 0
    private(set) var rejected = 0

    mutating func arrived(at now: Int64) {
        let second = now / 1_000_000
        let slot = Int(second % 8)
        if self.counts[slot].second != second { self.counts[slot] = (second, 0) }
        self.counts[slot].count += 1
        self.total += 1
    }

    mutating func turnedAway() { self.rejected += 1 }

    /// The second that is still running is left out.
    func perSecond(at now: Int64) -> Double {
        let second = now / 1_000_000
        let recent = self.counts.filter { $0.second >= second - Self.window && $0.second < second }
        return Double(recent.reduce(0) { $0 + $1.count }) / Double(Self.window)
    }
}

/// Answers that are due later, soonest first.
struct TimerQueue {
    struct Entry {
        var due: Int64
        var connection: UInt64
        var status: Int
    }
    private var heap: [Entry] = []

    var count: Int { self.heap.count }
    var nextDue: Int64? { self.heap.first?.due }

    mutating func add(_ entry: Entry) {
        self.heap.append(entry)
        var child = self.heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.heap[child].due < self.heap[parent].due else { return }
            self.heap.swapAt(child, parent)
            child = parent
        }
    }

    /// The soonest entry, if it is due.
    mutating func popDue(at now: Int64) -> Entry? {
        guard let first = self.heap.first, first.due <= now else { return nil }
        let last = self.heap.removeLast()
        guard !self.heap.isEmpty else { return first }
        self.heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < self.heap.count && self.heap[child].due < self.heap[least].due {
                least = child
            }
            guard least != parent else { return first }
            self.heap.swapAt(parent, least)
            parent = least
        }
    }

    mutating func removeAll() { self.heap.removeAll() }
}
