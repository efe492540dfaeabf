import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Answers HTTP/1.1 requests on one address until it is stopped; connections are kept alive.
///
/// Bounds: 8 MiB a body, 80 KiB of headers, 512 connections, 120 s without a byte.
public final class HTTPServer: Sendable {
    /// A longer request body is answered with 413.
    public static let bodyLimit = 8 * 1024 * 1024
    /// Connections above this number are closed at once.
    public static let connectionLimit = 512

    /// The TCP port that was bound (useful with port 0); nil on a Unix socket.
    public let boundPort: Int?

    private let listener: any Channel
    private let connections: Connections
    private let socketPath: String?

    private init(listener: any Channel, connections: Connections, socketPath: String?) {
        self.listener = listener
        self.connections = connections
        self.socketPath = socketPath
        self.boundPort = socketPath == nil ? listener.localAddress?.port : nil
    }

    /// Listens and answers every request with what `handler` returns; returns when connections are accepted.
    ///
    /// A Unix socket gets mode 0600 before it appears at its path; a file that a dead process left there is replaced,
    /// one on which somebody listens is an error. `handler` runs in a task that is cancelled when the peer leaves.
    public static func start(
        on address: HTTPAddress,
        handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) async throws -> HTTPServer {
        let connections = Connections()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.add(channel) else {
                        channel.close(promise: nil)
                        return
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(allTimeout: .seconds(120)), RequestHandler(handler),
                    ])
                }
            }
        switch address {
        case .tcp(let host, let port):
            let listener = try await bootstrap.bind(host: host, port: port).get()
            return HTTPServer(listener: listener, connections: connections, socketPath: nil)
        case .unix(let path):
            let listener = try await SocketFile.publish(at: path) {
                try await bootstrap.bind(unixDomainSocketPath: $0).get()
            }
            return HTTPServer(listener: listener, connections: connections, socketPath: path)
        }
    }

    /// Stops listening, lets running requests finish for up to two seconds, closes the rest and removes the socket file.
    public func stop() async {
        if let path = self.socketPath { SocketFile.remove(path) }
        try? await self.listener.close()
        await self.connections.closeAll(within: .seconds(2))
    }
}

/// The open connections of one server.
private final class Connections: Sendable {
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// False when there are too many already.
    func add(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isAdded = self.open.withLock { open in
            guard open.count < HTTPServer.connectionLimit else { return false }
            open[id] = channel
            return true
        }
        if isAdded { channel.closeFuture.whenComplete { _ in self.open.withLock { $0[id] = nil } } }
        return isAdded
    }

    func closeAll(within limit: TimeAmount) async {
        let channels = self.open.withLock { Array($0.values) }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            let timer = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in timer.cancel() }
        }
        for channel in channels { try? await channel.closeFuture.get() }
    }
}

/// Collects one request at a time, runs the handler in a task and writes its answer.
private final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let handler: @Sendable (HTTPRequest) async -> HTTPResponse
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var running: Task<Void, Never>?

    init(_ handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) { self.handler = handler }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            self.body = []
        case .body(let buffer):
            guard let head = self.head else { return }
            guard self.body.count + buffer.readableBytes <= HTTPServer.bodyLimit else {
                self.head = nil
                self.body = []
                let refusal = HTTPResponse.text(413, "the body is longer than \(HTTPServer.bodyLimit) bytes\n")
                Self.write(refusal, to: head, on: context.channel, thenClose: true)
                return
            }
            self.body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head = self.head else { return }
            self.head = nil
            let request = HTTPRequest(
                head.method.rawValue,
                head.uri,
                headers: head.headers.map { ($0.name, $0.value) },
                body: self.body
            )
            self.body = []
            self.running = Self.answer(request, head: head, on: context.channel, with: self.handler)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.running?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func answer(
        _ request: HTTPRequest,
        head: HTTPRequestHead,
        on channel: any Channel,
        with handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) -> Task<Void, Never> {
        Task {
            let response = await handler(request)
            Self.write(response, to: head, on: channel, thenClose: !head.isKeepAlive)
        }
    }

    private static func write(
        _ response: HTTPResponse,
        to request: HTTPRequestHead,
        on channel: any Channel,
        thenClose: Bool
    ) {
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        headers.replaceOrAdd(name: "content-length", value: String(response.body.count))
        if thenClose { headers.replaceOrAdd(name: "connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: response.status)
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        if request.method != .HEAD, !response.body.isEmpty {
            let buffer = channel.allocator.buffer(bytes: response.body)
            channel.write(HTTPServerResponsePart.body(.byteBuffer(buffer)), promise: nil)
        }
        channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { result in
            if case .failure = result { return channel.close(promise: nil) }
            if thenClose { channel.close(promise: nil) }
        }
    }
}
