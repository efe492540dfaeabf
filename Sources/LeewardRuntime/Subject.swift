import LeewardModel
import Synchronization

/// One thing that is read again and again, with the bell that asks for the next reading.
///
/// A reading that began before a call to the same subject ended would show the world before that call and look like
/// its read-back (S16). It is thrown away and taken again, at most three times in a row, so that a busy subject is
/// still read.
final class Subject: Sendable {
    static let discardLimit = 3

    let name: String
    private let bells: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private let state = Mutex(State())

    private struct State {
        var callsEnded = 0
        var discarded = 0
    }

    /// What a reading must be compared with when it is delivered.
    struct Mark: Sendable { fileprivate var callsEnded: Int }

    init(_ name: String) {
        self.name = name
        (self.bells, self.bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a reading; more rings before it begins are one.
    func ring() { self.bell.yield() }

    /// One element per reading that is due; one reader only.
    var readings: AsyncStream<Void> { self.bells }

    /// Taken before a reading begins.
    func mark() -> Mark { Mark(callsEnded: self.state.withLock { $0.callsEnded }) }

    /// Hands a reading on unless it is older than the end of a call; false when it was thrown away.
    func deliver(_ mark: Mark, _ post: () -> Void) -> Bool {
        let isDelivered = self.state.withLock { state in
            guard state.callsEnded == mark.callsEnded || state.discarded >= Self.discardLimit else {
                state.discarded += 1
                return false
            }
            state.discarded = 0
            post()
            return true
        }
        if !isDelivered { self.ring() }
        return isDelivered
    }

    /// A call to this subject ended: its outcome is handed on, and the subject is read again at once.
    func callEnded(_ post: () -> Void) {
        self.state.withLock { state in
            state.callsEnded += 1
            post()
        }
        self.ring()
    }
}

extension Effect {
    /// The subject whose reading shows whether the effect landed.
    var subject: String {
        switch self {
        case .claimEdge(let region), .publishEdge(let region, _, _): "edge/\(region)"
        case .claimZone, .updateZone: "zone"
        case .claimProvider(let region), .freeze(let region, _), .unfreeze(let region): "capacity/\(region)"
        case .detach(let cluster, _, _), .attach(let cluster, _, _), .start(let cluster, _):
            "capacity/\(cluster.region)"
        }
    }
}
