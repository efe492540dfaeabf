/// The newest values of a series on a fixed grid, by absolute slot number; not a number where there is none.
struct SlotRing: Sendable, Equatable {
    private var storage: [Double]
    private let mask: Int
    /// The newest slot that was written or skipped; nothing was before the first write.
    private(set) var newest = Int.min

    /// Keeps at least `capacity` slots.
    init(capacity: Int) {
        var size = 1
        while size < capacity { size *= 2 }
        self.storage = Array(repeating: .nan, count: size)
        self.mask = size - 1
    }

    subscript(slot: Int) -> Double {
        slot <= self.newest && slot > self.newest - self.storage.count ? self.storage[slot & self.mask] : .nan
    }

    /// Slots between the newest and this one become holes; older slots than the newest are overwritten in place.
    mutating func write(_ value: Double, at slot: Int) {
        if self.newest == Int.min || slot - self.newest > self.storage.count {
            for index in self.storage.indices { self.storage[index] = .nan }
            self.newest = slot
        }
        while self.newest < slot {
            self.newest += 1
            self.storage[self.newest & self.mask] = .nan
        }
        if slot > self.newest - self.storage.count { self.storage[slot & self.mask] = value }
    }

    /// Holes are alike, which numbers that are none would not be.
    static func == (left: Self, right: Self) -> Bool {
        left.newest == right.newest
            && left.storage.elementsEqual(right.storage) { $0.bitPattern == $1.bitPattern }
    }

    var bytes: Int { self.storage.count * 8 }
}
