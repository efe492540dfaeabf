import Foundation

/// Finds the programs that tests start: servers from `make setup`, and this package's own executables.
public enum Programs {
    /// Path of a server program such as `envoy` or `knotd`.
    ///
    /// Looks in `$LEEWARD_TOOLS/bin`, `.tools/bin` of the project, `PATH`, `/usr/sbin` and `/usr/bin`, in that order.
    /// The error names the program and the remedy.
    public static func path(_ name: String) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        var folders: [String] = []
        if let tools = environment["LEEWARD_TOOLS"], !tools.isEmpty { folders.append(tools + "/bin") }
        folders.append(self.projectRoot + "/.tools/bin")
        folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        folders += ["/usr/sbin", "/usr/bin"]
        if let found = self.firstExecutable(named: name, in: folders) { return found }
        throw ProgramMissing(
            description: "\(name) is not installed; `make setup` brings it into .tools/bin (or set LEEWARD_TOOLS)"
        )
    }

    /// True where `path` would find the program, or where `LEEWARD_REQUIRE_PROGRAMS=1` forbids leaving its tests out.
    public static func isExpected(_ name: String) -> Bool {
        if ProcessInfo.processInfo.environment["LEEWARD_REQUIRE_PROGRAMS"] == "1" { return true }
        return (try? self.path(name)) != nil
    }

    /// Path of one of this package's executables, from the same build as the running tests.
    ///
    /// Looks in `$LEEWARD_BIN`, then beside the test bundle, whatever configuration and scratch path were used.
    public static func built(_ product: String) throws -> String {
        var folders: [String] = []
        if let bin = ProcessInfo.processInfo.environment["LEEWARD_BIN"], !bin.isEmpty { folders.append(bin) }
        folders += self.bundleFolders
        if let found = self.firstExecutable(named: product, in: folders) { return found }
        throw ProgramMissing(
            description: "\(product) is not built (looked in \(folders.joined(separator: ", "))); "
                + "run `swift build`, add \(product) to LEEWARD_ROOMS if that is set, or set LEEWARD_BIN"
        )
    }

    /// Folder that holds Package.swift.
    public static let projectRoot: String = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/" {
            if FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) { break }
            folder.deleteLastPathComponent()
        }
        return folder.path
    }()

    /// `swift test` runs a helper that loads the bundle, so the bundle is known from the arguments or the memory map.
    private static var bundleFolders: [String] {
        var files = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        for line in maps.split(separator: "\n") where line.hasSuffix(".xctest") {
            if let slash = line.firstIndex(of: "/") { files.append(String(line[slash...])) }
        }
        if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") { files.append(own) }
        var folders: [String] = []
        for file in files {
            let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
            if !folders.contains(folder) { folders.append(folder) }
        }
        return folders
    }

    private static func firstExecutable(named name: String, in folders: [String]) -> String? {
        for folder in folders {
            let candidate = folder + "/" + name
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue,
                FileManager.default.isExecutableFile(atPath: candidate)
            {
                return candidate
            }
        }
        return nil
    }
}

/// A program that a test needs is not there; the text says how to get it.
public struct ProgramMissing: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}
