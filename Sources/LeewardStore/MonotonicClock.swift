import Foundation
public import LeewardModel

/// Reads the machine's clocks; the only place of the store and the daemon that does.
public enum MonotonicClock {
    /// Milliseconds since the machine booted, time asleep included; comparable only within one `boot`.
    public static func now() -> Timestamp {
        #if os(Linux)
            let clock = CLOCK_BOOTTIME
        #else
            let clock = CLOCK_MONOTONIC
        #endif
        return .init(milliseconds: Self.milliseconds(clock))
    }

    /// Milliseconds since 1970; for people and for external tokens, never for a duration (S26).
    public static func wall() -> WallTime { .init(milliseconds: Self.milliseconds(CLOCK_REALTIME)) }

    /// Names this boot of the machine: the kernel's boot id, or the moment of booting where there is none.
    public static func boot() -> String {
        if let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8) {
            let id = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if !id.isEmpty { return id }
        }
        // Whole minutes, so that small corrections of the wall clock do not look like a new boot.
        return "booted-\((Self.wall().milliseconds - Self.now().milliseconds) / 60_000)"
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
