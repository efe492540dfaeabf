import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardRuntime
import LeewardStore

struct JournalOptions: ParsableArguments {
    @Flag(help: "Read the journal in the state folder instead of asking the daemon; works while none runs.")
    var offline = false

    /// The entries of one evacuation, or all of them, oldest first.
    func entries(_ id: EvacuationID?, _ daemon: SocketOptions) async throws(Failure) -> [JournalEntry] {
        guard self.offline else { return try await daemon.ask { api throws(APIError) in try await api.history(id) } }
        let all = try Self.inspect(daemon).entries
        return id.map { id in all.filter { $0.record.evacuation == id } } ?? all
    }

    /// Walks the whole journal.
    func verification(_ daemon: SocketOptions) async throws(Failure) -> JournalVerification {
        guard self.offline else {
            return try await daemon.ask { api throws(APIError) in try await api.verifyJournal() }
        }
        return try Self.inspect(daemon).verification
    }

    private static func inspect(
        _ daemon: SocketOptions
    ) throws(Failure) -> (entries: [JournalEntry], verification: JournalVerification) {
        do throws(JournalError) { return try Journal.inspect(Daemon.journalPath(state: daemon.state.path)) } catch {
            throw Failure(.failed, error.description)
        }
    }
}
