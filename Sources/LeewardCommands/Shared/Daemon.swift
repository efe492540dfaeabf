import ArgumentParser
import LeewardEngine
import LeewardModel
import LeewardRuntime

struct StateOptions: ParsableArguments {
    /// Where the journal lies unless told otherwise.
    static let standard = "/var/lib/leeward"

    @Option(
        help: ArgumentHelp(
            "The daemon's state folder.",
            discussion: "Without it LEEWARD_STATE counts, then \(Self.standard).",
            valueName: "folder"
        ),
        completion: .directory
    )
    var state: String?

    var path: String { self.state ?? Surroundings.current.variables["LEEWARD_STATE"] ?? Self.standard }
}

struct SocketOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's socket.",
            discussion: "Without it LEEWARD_SOCKET counts, then leeward.sock in the state folder.",
            valueName: "path"
        ),
        completion: .file()
    )
    var socket: String?
    @OptionGroup var state: StateOptions

    var path: String {
        self.socket ?? Surroundings.current.variables["LEEWARD_SOCKET"] ?? Daemon.socketPath(state: self.state.path)
    }

    /// Asks the daemon; what goes wrong ends the program with the code that fits.
    func ask<Value>(
        _ body: (any DaemonAPI) async throws(APIError) -> Value
    ) async throws(Failure) -> Value {
        do throws(APIError) { return try await body(Surroundings.current.connect(self.path)) } catch {
            switch error.kind {
            case .notRunning, .unanswered: throw Failure(.unreachable, error.description)
            case .rejected, .unreadable: throw Failure(.failed, error.description)
            }
        }
    }

    /// Sends a command in the name of who runs the program and shows the reply; a refusal ends with its reasons.
    func command(_ command: Command, _ output: OutputFormat) async throws -> EvacuationID? {
        let principal = Surroundings.current.principal
        let reply = try await self.ask { api throws(APIError) in try await api.send(command, by: principal) }
        switch reply {
        case .accepted(let id, let sentence):
            var sections = [Section.line(sentence)]
            if let id { sections.append(.line("follow it with `leeward history \(id)`")) }
            try Output.render(
                CommandResult(isAccepted: true, id: id, message: sentence, reasons: []),
                sections,
                as: output
            )
            return id
        case .refused(let reasons):
            if output == .json {
                let result = CommandResult(isAccepted: false, id: nil, message: "refused", reasons: reasons)
                try Output.render(result, [], as: .json)
            }
            throw Failure(.refused, reasons.map { "refused: \($0)" }.joined(separator: "\n"))
        }
    }
}

/// What a changing command prints for programs.
struct CommandResult: Hashable, Codable {
    var isAccepted: Bool
    var id: EvacuationID?
    var message: String
    var reasons: [String]
}
