import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One file that is only ever replaced as a whole.
struct DurableFile: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    /// The bytes; nil where there is no file.
    func read() throws(AgentError) -> [UInt8]? {
        guard access(self.path, F_OK) == 0 else { return nil }
        guard let data = FileManager.default.contents(atPath: self.path) else {
            throw AgentError("\(self.path): cannot be read; check its owner and mode")
        }
        return [UInt8](data)
    }

    /// On disk when it returns: a new file, synced, moved over the old one, and the folder synced.
    ///
    /// The move is what a watching proxy notices. An error leaves the old content, except where it says otherwise.
    func replace(with bytes: [UInt8]) throws(AgentError) {
        let hidden = self.path + ".new"
        let file = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw self.failure("opening \(hidden)") }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = self.failure("writing \(hidden)")
                close(file)
                throw failure
            }
            offset += count
        }
        let isSynced = fsync(file) == 0
        close(file)
        guard isSynced else { throw self.failure("syncing \(hidden)") }
        guard rename(hidden, self.path) == 0 else { throw self.failure("moving \(hidden) into place") }
        let folder = open((self.path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw self.failure("the new content is there, but opening the folder") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw self.failure("the new content is there, but syncing the folder") }
    }

    /// Replaces the content only where it differs; true where it did.
    @discardableResult
    func update(to bytes: [UInt8]) throws(AgentError) -> Bool {
        if try self.read() == bytes { return false }
        try self.replace(with: bytes)
        return true
    }

    private func failure(_ what: String) -> AgentError {
        AgentError("\(self.path): \(what) failed: \(String(cString: strerror(errno)))")
    }
}
