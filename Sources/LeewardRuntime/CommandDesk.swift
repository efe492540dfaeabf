import LeewardEngine
import LeewardModel
import Synchronization

/// Brings a command to the engine and its reply back to the one who asked.
final class CommandDesk: Sendable {
    private struct State {
        var last: Int64 = 0
        var asking: [CommandID: Slot<Reply?>] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let mailbox: Mailbox

    init(_ mailbox: Mailbox) { self.mailbox = mailbox }

    /// The engine's reply; nil when the daemon is stopping or the waiting task is cancelled.
    func ask(_ command: Command, by principal: Principal) async -> Reply? {
        let slot = Slot<Reply?>()
        let id: CommandID? = self.state.withLock { state in
            guard !state.isClosed else { return nil }
            state.last += 1
            state.asking[CommandID(state.last)] = slot
            return CommandID(state.last)
        }
        guard let id, self.mailbox.post(.commandArrived(id, command, by: principal)) else { return nil }
        let reply = await withTaskCancellationHandler {
            await slot.value()
        } onCancel: {
            slot.fill(nil)
        }
        self.state.withLock { $0.asking[id] = nil }
        return reply
    }

    func answer(_ id: CommandID, _ reply: Reply) { self.state.withLock { $0.asking[id] }?.fill(reply) }

    /// Nobody gets a reply any more.
    func close() {
        let asking = self.state.withLock { state in
            state.isClosed = true
            return Array(state.asking.values)
        }
        for slot in asking { slot.fill(nil) }
    }
}
