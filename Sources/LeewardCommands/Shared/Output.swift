import ArgumentParser
import Foundation

/// How a result is written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, json
}

struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "How the result is written: table for people, json for programs.")
    var output: OutputFormat = .table
}

/// The one place where a result meets its format.
enum Output {
    /// Writes `payload` for programs or `sections` for people, to stdout.
    static func render(_ payload: some Encodable, _ sections: [Section], as format: OutputFormat) throws {
        let surroundings = Surroundings.current
        switch format {
        case .table: for line in sections.flatMap(\.lines) { surroundings.out(line) }
        case .json: surroundings.out(try Self.json(payload))
        }
    }

    /// Sorted keys, so that the same result is the same text.
    static func json(_ payload: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        return String(decoding: try encoder.encode(payload), as: UTF8.self)
    }
}
