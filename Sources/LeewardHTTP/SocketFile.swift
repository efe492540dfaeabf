import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a server could not listen.
public struct HTTPListenError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}

/// The file of a Unix socket: private before anybody can see it, replaced when its owner is dead.
enum SocketFile {
    /// Binds beside `path`, takes everyone else's rights away and only then moves the socket to `path`.
    static func publish(at path: String, bind: (String) async throws -> any Channel) async throws -> any Channel {
        guard await !Self.isAlive(path) else {
            throw HTTPListenError(description: "\(path): another process listens there; stop it first")
        }
        guard Self.mayReplace(path) else {
            throw HTTPListenError(description: "\(path): something that is no socket is there; move it away first")
        }
        // Short, because the whole path of a Unix socket has room for about 100 bytes.
        let hidden = path + "~"
        _ = unlink(hidden)
        let channel: any Channel
        do { channel = try await bind(hidden) } catch {
            throw HTTPListenError(description: "\(path): cannot listen: \(describe(error))")
        }
        guard chmod(hidden, 0o600) == 0, rename(hidden, path) == 0 else {
            let reason = String(cString: strerror(errno))
            _ = unlink(hidden)
            try? await channel.close()
            throw HTTPListenError(description: "\(path): cannot put the socket there: \(reason)")
        }
        return channel
    }

    static func remove(_ path: String) { _ = unlink(path) }

    private static func mayReplace(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFSOCK
    }

    private static func isAlive(_ path: String) async -> Bool {
        guard access(path, F_OK) == 0 else { return false }
        do {
            _ = try await HTTPClient().send(HTTPRequest("GET", "/"), to: .unix(path: path), within: .milliseconds(500))
            return true
        } catch {
            if case .unanswered = error { return true }
            return false
        }
    }
}
