/// What every adapter must survive, whatever it speaks to; each port's suite runs all six against fakes and real servers.
public enum ConformanceCase: String, CaseIterable, Sendable {
    /// The receiver says "too many": the answer is `failed` or an error with advice, never success, and nothing is lost.
    case throttled
    /// Only a part answers or lands: the report says what is missing.
    case partial
    /// An old answer comes again: it is told from a fresh one.
    case stale
    /// The effect lands and its answer gets lost: the outcome is `unknown`, and the read-back shows it.
    case lostAnswer
    /// An empty list is not "none".
    case emptyList
    /// The same effect twice has the effect of one.
    case duplicate
}
