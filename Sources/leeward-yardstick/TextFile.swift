import Foundation

/// What is wrong with an input, where, and what to do about it.
struct InputProblem: Error, CustomStringConvertible {
    let place: String
    let problem: String
    let remedy: String
    var description: String { "\(self.place): \(self.problem); \(self.remedy)" }
}

enum TextFile {
    /// The bytes of a file, unpacked by the `gzip` program if its name ends in `.gz`.
    static func read(_ path: String) throws -> Data {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw InputProblem(place: path, problem: "cannot be read", remedy: "check its path and permissions")
        }
        guard path.hasSuffix(".gz") else { return try Data(contentsOf: URL(fileURLWithPath: path)) }
        guard let gzip = Self.gzip else {
            throw InputProblem(place: path, problem: "there is no gzip program", remedy: "install it")
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: gzip)
        process.arguments = ["-dc", "--", path]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw InputProblem(
                place: path,
                problem: "gzip ended with \(process.terminationStatus)",
                remedy: "fetch or generate the file again"
            )
        }
        return data
    }

    private static var gzip: String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/gzip" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
