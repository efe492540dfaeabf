import Foundation
import LeewardSimulation

/// A scenario and where it stands.
struct ScenarioFile: Sendable {
    var path: String
    var scenario: Scenario
}

/// Reads scenario files from the disk.
enum ScenarioReader {
    static let ending = ".scenario"

    /// All files in the order given, and those of a folder by name.
    ///
    /// - Throws: Every problem of every file at once, each with the file's path and line.
    static func read(_ paths: [String]) throws(Failure) -> [ScenarioFile] {
        var files: [ScenarioFile] = []
        var problems: [String] = []
        for path in paths {
            let found: [String]
            do { found = try self.files(path) } catch {
                problems.append("\(path): it can not be listed: \(Self.reason(error))")
                continue
            }
            if found.isEmpty { problems.append("\(path): there is no file and no folder with *\(self.ending) files") }
            for file in found {
                let data: Data
                do { data = try Data(contentsOf: URL(filePath: file)) } catch {
                    problems.append("\(file): it can not be read: \(Self.reason(error))")
                    continue
                }
                guard let text = String(bytes: data, encoding: .utf8) else {
                    problems.append("\(file): it is no UTF-8 text")
                    continue
                }
                do throws(ScenarioProblems) {
                    files.append(ScenarioFile(path: file, scenario: try Scenario(text: text)))
                } catch {
                    problems += error.all.map {
                        $0.line > 0 ? "\(file):\($0.line): \($0.message)" : "\(file): \($0.message)"
                    }
                }
            }
        }
        guard problems.isEmpty else { throw Failure(.failed, problems.joined(separator: "\n")) }
        return files
    }

    private static func files(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [path] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
        return names.filter { $0.hasSuffix(self.ending) }.sorted().map { "\(folder)/\($0)" }
    }

    /// The system's own words where it has some.
    private static func reason(_ error: any Error) -> String {
        let under = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return under?.localizedDescription ?? error.localizedDescription
    }
}
