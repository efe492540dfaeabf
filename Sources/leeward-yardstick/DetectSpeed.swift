import Foundation
import LeewardDetection
import LeewardModel

/// `detect-speed SERIES`: one day of one-minute ticks over many series with four weeks behind them.
///
/// Every distinct series learns its four weeks, untimed; the others are copies of them that went their own way for an
/// hour across midnight, after which no two share any memory. Values are made outside of the time that is taken.
struct DetectSpeed {
    private static let distinct = 64
    private static let bucket = 60
    /// Thursday, 2024-02-01, 23:30: half an hour before the copies' first midnight.
    private static let start = 1_706_830_200
    private static let warmUp = 60
    private static let ticks = 1_440

    private var watches: [SeriesWatch] = []
    private var rates: [Double]
    private var time = Self.start
    private var random = Noise()
    private let count: Int

    /// Prints what it measured, one name and number per line.
    static func run(series: Int) {
        var speed = DetectSpeed(series: max(1, series))
        speed.measure()
    }

    private init(series: Int) {
        self.count = series
        self.rates = .init(repeating: 0, count: series)
    }

    private mutating func measure() {
        let before = HeapCounter.now
        self.learn()
        for _ in 0..<Self.warmUp { _ = self.tick() }
        let after = HeapCounter.now
        var times: [Double] = []
        times.reserveCapacity(Self.ticks)
        var calls = 0
        for _ in 0..<Self.ticks {
            let (seconds, allocations) = self.tick()
            times.append(seconds * 1_000)
            calls += allocations
        }
        let dips = self.watches.filter { $0.mode == .dip }.count
        times.sort()
        print("series \(self.count)")
        print("ticks \(times.count)")
        print("tick_ms_best \(times[0])")
        print("tick_ms_median \(times[times.count / 2])")
        print("tick_ms_p99 \(times[times.count * 99 / 100])")
        print("tick_ms_worst \(times[times.count - 1])")
        print("ns_per_series \(times[times.count / 2] * 1e6 / Double(self.count))")
        print("dipping \(dips)")
        if let before, let after {
            print("bytes_per_series \((after.bytes - before.bytes) / self.count)")
            print("allocations \(calls)")
        }
    }

    private mutating func learn() {
        self.watches.reserveCapacity(self.count)
        for index in 0..<min(self.count, Self.distinct) {
            var watch = SeriesWatch(bucket: .seconds(Int64(Self.bucket)))
            for time in stride(from: Self.start - 28 * 86_400, to: Self.start, by: Self.bucket) {
                watch.add(time: time, rate: self.rate(index, Self.curve(time)), isLive: false)
            }
            self.watches.append(watch)
        }
        while self.watches.count < self.count { self.watches.append(self.watches[self.watches.count % Self.distinct]) }
    }

    /// Processor seconds and allocations of one bucket of every series.
    private mutating func tick() -> (seconds: Double, allocations: Int) {
        let curve = Self.curve(self.time)
        for index in 0..<self.count { self.rates[index] = self.rate(index, curve) }
        let calls = HeapCounter.now?.calls ?? 0
        let begin = Self.processorSeconds
        for index in 0..<self.count { self.watches[index].add(time: self.time, rate: self.rates[index], isLive: true) }
        let end = Self.processorSeconds
        self.time += Self.bucket
        return (end - begin, (HeapCounter.now?.calls ?? 0) - calls)
    }

    /// Of this thread, so that neighbours on the machine do not count.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private mutating func rate(_ index: Int, _ curve: Double) -> Double {
        let noise = 0.02 * (self.random.uniform() + self.random.uniform() - 1)
        return Double(100 + index % Self.distinct * 20) * curve * (1 + noise)
    }

    private static func curve(_ time: Int) -> Double {
        exp(0.4 * sin(2 * .pi * Double(time) / 86_400) + 0.1 * cos(2 * .pi * Double(time) / 604_800))
    }
}

/// The same numbers in every run.
private struct Noise {
    private var state: UInt64 = 1

    mutating func uniform() -> Double {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
    }
}

/// Calls to the allocator and bytes in use, from the library that `Benchmarks/detection` preloads; nil without it.
private enum HeapCounter {
    private typealias Count = @convention(c) () -> Int
    private static let calls = Self.find("leeward_heap_calls")
    private static let bytes = Self.find("leeward_heap_bytes")

    static var now: (calls: Int, bytes: Int)? {
        guard let calls = Self.calls, let bytes = Self.bytes else { return nil }
        return (calls(), bytes())
    }

    private static func find(_ name: String) -> Count? {
        dlsym(nil, name).map { unsafeBitCast($0, to: Count.self) }
    }
}
