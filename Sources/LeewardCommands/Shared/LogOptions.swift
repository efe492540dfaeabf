import ArgumentParser
import LeewardFleetFile
import Logging

extension Logger.Level: @retroactive ExpressibleByArgument {}

struct LogOptions: ParsableArguments {
    @Option(help: "The least important messages that are logged.")
    var logLevel: Logger.Level = .info

    /// Writes to stderr; stdout is for results.
    func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = self.logLevel
        return logger
    }
}

extension Failure {
    /// Runs what may fail with an error that describes itself in sentences, and ends the program with them.
    static func from<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let failure as Failure { throw failure } catch is CancellationError {
            throw Failure(.failed, "interrupted")
        } catch {
            throw Failure(.failed, "\(error)")
        }
    }
}
