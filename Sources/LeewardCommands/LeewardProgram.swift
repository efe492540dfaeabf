import ArgumentParser
import Foundation

/// The `leeward` program: every command, as a library, so that tests can run it.
public enum LeewardProgram {
    /// Runs the process's own arguments and ends the process.
    public static func main() async -> Never {
        let exit = await self.run(Array(CommandLine.arguments.dropFirst()))
        Foundation.exit(exit.rawValue)
    }

    /// Runs one command line; results are on stdout and everything else is on stderr before it returns.
    static func run(_ arguments: [String]) async -> Exit {
        let surroundings = Surroundings.current
        do {
            var command = try LeewardCommand.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch let failure as Failure {
            if !failure.description.isEmpty { surroundings.err(failure.description) }
            return failure.exit
        } catch let exit as Exit {
            return exit
        } catch {
            let text = LeewardCommand.fullMessage(for: error)
            switch LeewardCommand.exitCode(for: error) {
            case .success:
                surroundings.out(text)
                return .done
            case .validationFailure:
                surroundings.err(text)
                return .usage
            default:
                surroundings.err(text.isEmpty ? "\(error)" : text)
                return .failed
            }
        }
    }
}
