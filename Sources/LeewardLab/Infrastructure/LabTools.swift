import Foundation

/// Finds the programs that the lab starts.
enum LabTools {
    /// A server from `make setup`: `$LEEWARD_TOOLS/bin`, `.tools/bin` of the working folder or beside the build, then
    /// PATH and /usr/sbin.
    static func server(_ name: String) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        var folders: [String] = []
        if let tools = environment["LEEWARD_TOOLS"], !tools.isEmpty { folders.append(tools + "/bin") }
        folders.append(FileManager.default.currentDirectoryPath + "/.tools/bin")
        folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin"]
        if let found = self.first(name, in: folders) { return found }
        throw LabError("\(name) is not installed; run `make setup` in the project folder, or set LEEWARD_TOOLS")
    }

    /// One of our own executables: `$LEEWARD_BIN`, else beside this program or the bundle of the running tests.
    static func own(_ name: String) throws -> String {
        var folders: [String] = []
        if let bin = ProcessInfo.processInfo.environment["LEEWARD_BIN"], !bin.isEmpty { folders.append(bin) }
        let programs =
            CommandLine.arguments.filter { $0.hasSuffix(".xctest") } + [
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
            ]
        folders += programs.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        if let found = self.first(name, in: folders) { return found }
        throw LabError("\(name) is not built; run `make build`, or set LEEWARD_BIN to the folder that holds it")
    }

    private static func first(_ name: String, in folders: [String]) -> String? {
        folders.map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
