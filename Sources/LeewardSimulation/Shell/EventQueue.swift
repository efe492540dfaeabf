/// What will happen at which millisecond; of two at the same time the one that was put in first comes first.
struct EventQueue<Event: Sendable>: Sendable {
    private struct Entry: Sendable {
        var time: Int64
        var order: Int
        var event: Event
    }

    /// A binary heap, the earliest at the front.
    private var heap: [Entry] = []
    private var count = 0

    var isEmpty: Bool { self.heap.isEmpty }
    /// The time of the next event, in milliseconds; nil when there is none.
    var nextTime: Int64? { self.heap.first?.time }

    mutating func put(_ event: Event, at time: Int64) {
        self.heap.append(Entry(time: time, order: self.count, event: event))
        self.count += 1
        var child = self.heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.isBefore(self.heap[child], self.heap[parent]) else { return }
            self.heap.swapAt(child, parent)
            child = parent
        }
    }

    /// The next event where it is due by `time`.
    mutating func take(by time: Int64) -> (time: Int64, event: Event)? {
        guard let first = self.heap.first, first.time <= time else { return nil }
        let last = self.heap.removeLast()
        guard !self.heap.isEmpty else { return (first.time, first.event) }
        self.heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < self.heap.count {
                if Self.isBefore(self.heap[child], self.heap[least]) { least = child }
            }
            guard least != parent else { break }
            self.heap.swapAt(parent, least)
            parent = least
        }
        return (first.time, first.event)
    }

    private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        (left.time, left.order) < (right.time, right.order)
    }
}
