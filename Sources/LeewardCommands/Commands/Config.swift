import ArgumentParser
import LeewardFleetFile
import LeewardModel

struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Work with the fleet file.",
        subcommands: [Check.self]
    )

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a fleet file offline: every problem with its line.",
            discussion: "Ends with 0 when the file is a fleet, with 1 when it is not."
        )

        @Argument(help: "The fleet file.", completion: .file())
        var file: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let fleet: Fleet
            do throws(FleetFileError) { fleet = try FleetFile.load(path: self.file) } catch {
                // The problems are the result: programs read them from stdout.
                try Output.render(
                    CheckResult(isValid: false, fleet: nil, problems: error.problems),
                    error.problems.map { .line($0.description) },
                    as: self.output.output
                )
                let count = error.problems.count == 1 ? "1 problem" : "\(error.problems.count) problems"
                throw Failure(.failed, "\(self.file): \(count); this file would not be taken")
            }
            try Output.render(
                CheckResult(
                    isValid: true,
                    fleet: fleet.name,
                    problems: [],
                    warnings: fleet.doubts.isEmpty ? nil : fleet.doubts
                ),
                [
                    .line(
                        "\(fleet.name): \(fleet.regions.count) regions, \(fleet.geographies.count) geographies, "
                            + "\(fleet.services.count) services, every limit in its range"
                    )
                ] + fleet.doubts.map { .line("warning: \($0)") },
                as: self.output.output
            )
        }
    }

    /// What `config check` prints for programs.
    struct CheckResult: Hashable, Codable {
        var isValid: Bool
        var fleet: String?
        var problems: [FleetProblem]
        /// What is valid and probably not meant; missing where there is nothing.
        var warnings: [String]?
    }
}
