import LeewardEngine
import LeewardModel

/// The journal's disk: what was written and not yet synced is lost with the machine, and may leave a torn last record.
struct JournalDisk: Sendable {
    private(set) var durable: [JournalEntry] = []
    /// When each of them was written, in the world's milliseconds: the clock on the wall may have jumped.
    private(set) var times: [Int64] = []
    private var unsynced: [JournalEntry] = []
    private var unsyncedTimes: [Int64] = []
    /// True where half a record follows the last whole one.
    private(set) var isTorn = false
    /// Numbers that torn records took because nobody cut them off.
    private var skipped = 0

    /// - Parameters:
    ///   - wall: What the writer's wall clock shows.
    ///   - time: The world's time.
    mutating func write(_ records: [Record], at now: Timestamp, boot: String, wall: WallTime, world time: Int64) {
        for record in records {
            let sequence = Int64(self.durable.count + self.unsynced.count + self.skipped + 1)
            self.unsynced.append(JournalEntry(sequence: sequence, at: now, boot: boot, wall: wall, record: record))
            self.unsyncedTimes.append(time)
        }
    }

    mutating func sync() {
        self.durable += self.unsynced
        self.times += self.unsyncedTimes
        self.unsynced.removeAll(keepingCapacity: true)
        self.unsyncedTimes.removeAll(keepingCapacity: true)
    }

    /// The machine stops in the middle of the write: one transaction is there whole or not at all.
    mutating func lose() {
        self.isTorn = !self.unsynced.isEmpty
        self.unsynced.removeAll()
        self.unsyncedTimes.removeAll()
    }

    /// What a start finds, with a torn last record cut off (S43).
    mutating func recover(cutsOff: Bool) -> [JournalEntry] {
        if self.isTorn, !cutsOff { self.skipped += 1 }
        self.isTorn = false
        return self.durable
    }
}
