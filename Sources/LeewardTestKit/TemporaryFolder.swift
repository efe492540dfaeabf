import Foundation

/// A folder of its own for one test, removed with everything in it when the value goes away.
///
/// Its path is short ("/tmp/lw-a1B2c3"), because the path of a Unix socket may have 107 bytes at most.
public final class TemporaryFolder: Sendable {
    /// Absolute path without trailing slash.
    public let path: String

    public init() throws {
        var template = Array("/tmp/lw-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) } != nil
        }
        guard made else {
            throw CocoaError(
                .fileWriteUnknown,
                userInfo: [
                    NSLocalizedDescriptionKey: "cannot make a folder in /tmp: \(String(cString: strerror(errno)))"
                ]
            )
        }
        self.path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    /// Path of something in the folder.
    public func file(_ name: String) -> String { self.path + "/" + name }

    /// Makes a folder inside, with those between; returns its path.
    public func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: self.file(name), withIntermediateDirectories: true)
        return self.file(name)
    }

    /// Writes a text file and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: self.file(name), atomically: true, encoding: .utf8)
        return self.file(name)
    }
}
