import NIOCore
import NIOPosix

/// A TCP peer that reads whatever comes and writes `answer` once, then closes; with no answer it stays silent.
struct RawPeer {
    let port: Int
    private let channel: any Channel

    static func start(answer: String?) async throws -> RawPeer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnswerOnce(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawPeer(port: channel.localAddress?.port ?? 0, channel: channel)
    }

    func stop() async throws { try await self.channel.close() }
}

private final class AnswerOnce: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let answer: String?

    init(_ answer: String?) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let answer = self.answer else { return }
        let channel = context.channel
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: answer))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}

/// Writes raw text and collects all that comes until the peer closes.
struct RawClient {
    private let channel: any Channel
    private let text: EventLoopPromise<String>

    static func connect(port: Int) async throws -> RawClient {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let text = loop.makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collect(text))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawClient(channel: channel, text: text)
    }

    func send(_ text: String) async throws { try await self.channel.writeAndFlush(ByteBuffer(string: text)) }
    func everything() async throws -> String { try await self.text.futureResult.get() }
}

private final class Collect: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let text: EventLoopPromise<String>
    private var collected = ""

    init(_ text: EventLoopPromise<String>) { self.text = text }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.collected += String(buffer: self.unwrapInboundIn(data))
    }
    func channelInactive(context: ChannelHandlerContext) { self.text.succeed(self.collected) }
}
