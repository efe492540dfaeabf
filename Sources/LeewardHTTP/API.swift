/// Where to connect or listen.
public enum HTTPAddress: Hashable, Sendable {
    case unix(path: String)
    case tcp(host: String, port: Int)
}

/// One request; header names are matched without case.
public struct HTTPRequest: Sendable {
    public var method: String
    /// Path with query.
    public var path: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    public init(
        _ method: String,
        _ path: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

/// One response.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
    /// A plain text answer.
    public static func text(_ status: Int, _ text: String) -> HTTPResponse {
        .init(status: status, headers: [("content-type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }
}

/// Why there is no response; the difference decides whether trying again is safe.
public enum HTTPError: Error, Hashable, Sendable {
    /// No byte of the request reached the peer: connection refused, no such socket.
    case notSent(String)
    /// The request left and no whole answer came back in time: it may have landed.
    case unanswered(String)
}
