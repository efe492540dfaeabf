import LeewardEngine
import LeewardModel
import LeewardRuntime

extension SocketOptions {
    /// The evacuation that a command is about; without one there is nothing to do.
    func active() async throws(Failure) -> (evacuation: Evacuation, intention: [String]) {
        let answer = try await self.ask { api throws(APIError) in try await api.status() }
        guard let evacuation = answer.status.evacuation else {
            throw Failure(.refused, "refused: nothing is active; `leeward history` shows what was")
        }
        return (evacuation, StatusSections.make(answer).first?.lines ?? [])
    }
}
