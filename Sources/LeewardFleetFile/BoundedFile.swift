#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads whole regular files up to a limit, without ever waiting on a pipe or a device.
enum BoundedFile {
    struct Problem: Error {
        var found: String
        var allowed: String
    }

    static func read(_ path: String, atMost limit: Int) -> Result<[UInt8], Problem> {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            return .failure(.init(found: "not readable: \(Self.reason)", allowed: "a file that this user may read"))
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return .failure(.init(found: "no regular file", allowed: "a regular file"))
        }
        guard status.st_size <= limit else {
            return .failure(.init(found: "\(status.st_size) bytes long", allowed: "at most \(limit) bytes"))
        }
        // One byte more than allowed, in case that it grows while it is read.
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var filled = 0
        while filled < bytes.count {
            let start = filled
            let count = bytes.withUnsafeMutableBytes { buffer in
                Self.read(file, UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                return .failure(.init(found: "not readable: \(Self.reason)", allowed: "a file that can be read"))
            }
            guard count > 0 else { break }
            filled += count
        }
        guard filled <= limit else {
            return .failure(.init(found: "more than \(limit) bytes long", allowed: "at most \(limit) bytes"))
        }
        return .success(Array(bytes[..<filled]))
    }

    private static func read(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            Musl.read(file, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(file, buffer.baseAddress, buffer.count)
        #endif
    }

    private static var reason: String {
        switch errno {
        case ENOENT: "no such file"
        case EACCES: "permission denied"
        case EISDIR: "it is a folder"
        case let code: "system error \(code)"
        }
    }
}
