public import LeewardModel

/// Where a pause of a controller's process catches it.
public enum PauseMoment: String, Hashable, Sendable, CaseIterable {
    /// At once, between two steps.
    case now
    /// With the next output that has records, before any of them is in the journal.
    case beforeAppend
    /// With the next calls, after the last look at the lease and before a byte of them is written.
    case beforeCalls

    var word: String {
        switch self {
        case .now: "now"
        case .beforeAppend: "before-append"
        case .beforeCalls: "before-calls"
        }
    }
}

/// What goes wrong between a controller and the coordination store.
public enum StoreFault: Hashable, Sendable {
    case unreachable
    /// It does what it is asked, and the answer is lost.
    case unanswered
    /// It does not hear renewals; everything else works.
    case dropsRenewals
    /// It does what it is asked and answers so much later.
    case slow(Span)
    /// Readings of the journal show what was there so long ago.
    case stale(Span)
}

extension Trouble {
    /// What lies between a controller, counted from 0, and the store.
    func store(_ controller: Int) -> StorePath {
        var path = StorePath()
        for (fault, index) in self.storeFaults where index == nil || index == controller {
            switch fault {
            case .unreachable: path.isUnreachable = true
            case .unanswered: path.isUnanswered = true
            case .dropsRenewals: path.dropsRenewals = true
            case .slow(let span): path.slow = max(path.slow, span.milliseconds)
            case .stale(let span): path.stale = max(path.stale, span.milliseconds)
            }
        }
        return path
    }
}
