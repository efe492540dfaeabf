import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension HTTPAddress: CustomStringConvertible {
    /// As the fleet file spells it: "unix:/path" or "http://host:port".
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): "http://\(host):\(port)"
        }
    }
}

extension HTTPError: CustomStringConvertible {
    /// The sentence without the case.
    public var description: String {
        switch self {
        case .notSent(let reason), .unanswered(let reason): reason
        }
    }
}

extension HTTPRequest {
    /// The first header of that name, without regard to case.
    public func header(_ name: String) -> String? { first(name, in: self.headers) }
    /// The path without its query.
    public var pathOnly: String { String(self.path.prefix { $0 != "?" }) }
}

extension HTTPResponse {
    /// The first header of that name, without regard to case.
    public func header(_ name: String) -> String? { first(name, in: self.headers) }
    /// A JSON answer; `body` is already encoded.
    public static func json(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
        .init(status: status, headers: [("content-type", "application/json")], body: body)
    }
}

private func first(_ name: String, in headers: [(name: String, value: String)]) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
}

/// An IO error's own words where it has some.
func describe(_ error: any Error) -> String {
    switch error {
    case let error as IOError:
        // NIO's text names its own functions; people know the errno's words.
        switch error.errnoCode {
        case ENOENT: "no such socket"
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "the connection was reset"
        case EACCES: "permission denied"
        default: error.description
        }
    case let error as ChannelError:
        if case .connectTimeout = error { "the connection did not stand in time" } else { "\(error)" }
    default: "\(error)"
    }
}
