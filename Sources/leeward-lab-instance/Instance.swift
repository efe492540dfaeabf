import Glibc

/// One instance of one service: a small HTTP server that really has the capacity it claims, and no more.
///
/// Neither Foundation nor NIO: fifty of these run at once on one machine.
@main
enum Instance {
    static func main() {
        let settings: Settings
        switch Settings.parse(Array(CommandLine.arguments.dropFirst())) {
        case .success(let parsed): settings = parsed
        case .failure(let problem):
            complain(problem.text)
            exit(64)
        }
        signal(SIGPIPE, SIG_IGN)
        Stop.install()
        exit(Server(settings).run())
    }
}

/// SIGTERM and SIGINT ask for a graceful end.
enum Stop {
    // Written by the signal handler only, read by the one thread there is.
    private nonisolated(unsafe) static var requested: sig_atomic_t = 0

    static var isRequested: Bool { self.requested != 0 }

    static func install() {
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in Stop.requested = 1 }
        }
    }
}

/// Microseconds of the monotonic clock.
func monotonicNow() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}

/// The same number for the same input on every machine, and no pattern between neighbours (splitmix64).
func scatter(_ number: UInt64) -> UInt64 {
    var mixed = number &+ 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
}
