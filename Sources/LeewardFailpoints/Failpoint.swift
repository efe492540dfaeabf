/// A boundary at which the daemon may die without warning: before and after everything that leaves a trace outside.
///
/// The list is complete by construction: a point that is passed must be one of these, and `allCases` has each of them.
public enum Failpoint: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case at(Boundary)
    case call(Kind, Moment)

    /// A boundary of the journal, of the engine's loop, of a start or of a stop.
    public enum Boundary: String, Hashable, Sendable, CaseIterable {
        /// A batch of records is about to be written; nothing of it is on the disk.
        case journalBatch = "journal.batch"
        /// The first record of a longer batch is in the transaction, the others are not.
        case journalRow = "journal.row"
        /// All records of a batch are in the transaction, which is not committed.
        case journalCommit = "journal.commit"
        /// The batch is durable; nobody in the process knows.
        case journalSynced = "journal.synced"
        /// Readers have not yet been shown what is durable.
        case loopWritten = "loop.written"
        /// Readers have been shown it; no call was handed out.
        case loopShown = "loop.shown"
        /// Some calls of one output were handed out, others were not.
        case loopBetweenCalls = "loop.between-calls"
        /// All calls were handed out; nobody was answered.
        case loopHanded = "loop.handed"
        /// A command was answered; no notice was told.
        case loopAnswered = "loop.answered"
        /// A reading of the world came and was not given to the engine.
        case readingTaken = "reading.taken"
        /// The journal was read at a start; no epoch was taken.
        case startRead = "start.read"
        /// The new epoch is durable; nothing was done with it.
        case startBegun = "start.begun"
        /// Somebody asked the daemon to stop; calls are on their way.
        case stopClosing = "stop.closing"
        /// All calls have ended; the last outcomes are not written down.
        case stopDrained = "stop.drained"
        /// Everything is written down; the process has not ended.
        case stopWritten = "stop.written"
    }

    /// What a call does: one for each kind of effect.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case claimEdge = "claim-edge"
        case publishEdge = "publish-edge"
        case claimZone = "claim-zone"
        case updateZone = "update-zone"
        case claimProvider = "claim-provider"
        case freeze, unfreeze, detach, attach, start
    }

    /// Where a call is.
    public enum Moment: String, Hashable, Sendable, CaseIterable {
        /// Its intent is durable and nothing has left.
        case leaves
        /// It is on its way: the receiver may have it or not, and nobody will hear the answer.
        case flies
        /// Its answer is here and the engine does not know.
        case ended
    }

    public static let allCases: [Failpoint] =
        Boundary.allCases.map { .at($0) } + Kind.allCases.flatMap { kind in Moment.allCases.map { .call(kind, $0) } }

    /// `journal.commit`, `call.update-zone.leaves`; also the name of its file.
    public var name: String {
        switch self {
        case .at(let boundary): boundary.rawValue
        case .call(let kind, let moment): "call.\(kind.rawValue).\(moment.rawValue)"
        }
    }

    public var description: String { self.name }

    /// Nil where no point has this name.
    public init?(name: String) {
        guard let point = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = point
    }
}
