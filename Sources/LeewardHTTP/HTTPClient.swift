public import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends one request over a connection of its own and waits for the whole answer.
///
/// One connection a request keeps the two errors honest: a pooled connection that the peer closes while it is being
/// reused cannot be told from a request that landed.
public struct HTTPClient: Sendable {
    /// A longer answer is an error, so that no peer can fill the memory: 64 MiB.
    public static let bodyLimit = 64 * 1024 * 1024

    private let group: any EventLoopGroup

    /// Uses the process-wide event loops.
    public init() { self.group = MultiThreadedEventLoopGroup.singleton }

    /// Uses the given event loops, which the caller shuts down.
    public init(group: any EventLoopGroup) { self.group = group }

    /// Sends `request` and returns the answer, whatever its status; `limit` covers connecting, sending and receiving.
    ///
    /// Throws `.notSent` while no byte has left (trying again is safe) and `.unanswered` from then on.
    /// A cancelled task gets `.unanswered`.
    public func send(
        _ request: HTTPRequest,
        to address: HTTPAddress,
        within limit: Duration
    ) async throws(HTTPError) -> HTTPResponse {
        guard request.path.hasPrefix("/"), request.path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw .notSent("\(request.path) is no request path: it must start with / and be percent-encoded")
        }
        let loop = self.group.next()
        let answer = loop.makePromise(of: HTTPResponse.self)
        let deadline = NIODeadline.now() + TimeAmount(limit)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(max(limit, .milliseconds(1))))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        ExchangeHandler(request: request, to: address, deadline: deadline, answer: answer)
                    )
                }
            }
        Self.connect(bootstrap, to: address, on: loop).whenComplete { result in
            switch result {
            case .failure(let error):
                answer.fail(HTTPError.notSent("cannot connect to \(address): \(describe(error))"))
            case .success(let channel):
                answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
            }
        }
        do {
            return try await withTaskCancellationHandler {
                try await answer.futureResult.get()
            } onCancel: {
                answer.fail(HTTPError.unanswered("the wait for \(address) was cancelled"))
            }
        } catch let error as HTTPError {
            throw error
        } catch {
            throw .unanswered("\(address): \(describe(error))")
        }
    }

    private static func connect(
        _ bootstrap: ClientBootstrap,
        to address: HTTPAddress,
        on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        switch address {
        case .unix(let path): return bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let host, let port):
            // A literal address needs no resolver and no thread of its own.
            guard let literal = try? SocketAddress(ipAddress: host, port: port) else {
                return bootstrap.connect(host: host, port: port)
            }
            return bootstrap.connect(to: literal)
        }
    }
}

/// One request and its answer on one connection; completes `answer` exactly once.
private final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequest
    private let address: HTTPAddress
    private let deadline: NIODeadline
    private let answer: EventLoopPromise<HTTPResponse>
    private var timer: Scheduled<Void>?
    private var response: HTTPResponse?

    init(request: HTTPRequest, to address: HTTPAddress, deadline: NIODeadline, answer: EventLoopPromise<HTTPResponse>) {
        self.request = request
        self.address = address
        self.deadline = deadline
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        guard NIODeadline.now() < self.deadline else {
            self.answer.fail(HTTPError.notSent("\(self.address): the time was over when the connection stood"))
            return
        }
        let answer = self.answer
        let address = self.address
        self.timer = context.eventLoop.scheduleTask(deadline: self.deadline) {
            answer.fail(HTTPError.unanswered("\(address) did not answer in time"))
        }
        context.write(self.wrapOutboundOut(.head(self.head)), promise: nil)
        if !self.request.body.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: self.request.body)
            context.write(self.wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil))).whenFailure { error in
            answer.fail(HTTPError.unanswered("\(address): \(describe(error))"))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            // 1xx answers precede the real one.
            guard head.status.code >= 200 else { return }
            self.response = HTTPResponse(
                status: Int(head.status.code),
                headers: head.headers.map { ($0.name, $0.value) }
            )
        case .body(let buffer):
            guard let size = self.response?.body.count, size + buffer.readableBytes <= HTTPClient.bodyLimit else {
                self.answer.fail(
                    HTTPError.unanswered("\(self.address): the answer is longer than \(HTTPClient.bodyLimit) bytes")
                )
                return
            }
            self.response?.body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let response = self.response else { return }
            self.timer?.cancel()
            self.answer.succeed(response)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.timer?.cancel()
        self.answer.fail(HTTPError.unanswered("\(self.address): \(describe(error))"))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.answer.fail(HTTPError.unanswered("\(self.address) closed the connection before its answer was whole"))
        context.fireChannelInactive()
    }

    private var head: HTTPRequestHead {
        var headers = HTTPHeaders(self.request.headers.map { ($0.name, $0.value) })
        if !headers.contains(name: "host") {
            switch self.address {
            case .unix: headers.add(name: "host", value: "localhost")
            case .tcp(let host, let port): headers.add(name: "host", value: "\(host):\(port)")
            }
        }
        if !self.request.body.isEmpty || self.request.method == "POST" || self.request.method == "PUT" {
            headers.replaceOrAdd(name: "content-length", value: String(self.request.body.count))
        }
        headers.replaceOrAdd(name: "connection", value: "close")
        return HTTPRequestHead(
            version: .http1_1,
            method: HTTPMethod(rawValue: self.request.method),
            uri: self.request.path,
            headers: headers
        )
    }
}
