import Foundation

/// Ctrl-C, `kill` and a closed terminal, as something that can be awaited.
enum Interruption {
    /// Runs `body` in a task that is cancelled by SIGINT, SIGTERM or SIGHUP.
    ///
    /// Returns what it returned, or throws what it threw; a second signal changes nothing, since ending is under way.
    static func cancelling<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await body() }
        let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { task.cancel() }
            source.activate()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return try await task.value
    }

    /// Returns when the task is cancelled.
    static func wait() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }
}
