import NIOCore
import NIOPosix

/// Asks the users' resolver over one UDP socket; lives on one event loop.
final class StubResolver: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private struct Pending {
        var host: String
        var attemptsLeft: Int
        /// Nanoseconds of the loop's clock at which it is asked again or given up.
        var due: UInt64
        var done: (AddressQuery.Answer?) -> Void
    }

    /// Between two of eight attempts: a lost packet on loopback means a busy machine and not a far network.
    private static let patience: UInt64 = 250_000_000

    private let server: SocketAddress
    private var context: ChannelHandlerContext?
    private var pending: [UInt16: Pending] = [:]
    private var nextID: UInt16

    private init(server: SocketAddress, firstID: UInt16) {
        self.server = server
        self.nextID = firstID
    }

    /// Opens the socket; `loop` is the caller's own.
    static func open(server: SocketAddress, on loop: any EventLoop) -> EventLoopFuture<NIOLoopBound<StubResolver>> {
        let first = UInt16.random(in: 0...UInt16.max)
        return DatagramBootstrap(group: loop)
            .bind(host: "127.0.0.1", port: 0)
            .flatMapThrowing { channel in
                let resolver = StubResolver(server: server, firstID: first)
                try channel.pipeline.syncOperations.addHandler(resolver)
                return NIOLoopBound(resolver, eventLoop: loop)
            }
    }

    /// Calls `done` with the answer, or with nil after two seconds without one.
    func resolve(_ host: String, now: UInt64, done: @escaping (AddressQuery.Answer?) -> Void) {
        self.nextID &+= 1
        while self.pending[self.nextID] != nil { self.nextID &+= 1 }
        self.pending[self.nextID] = Pending(host: host, attemptsLeft: 7, due: now + Self.patience, done: done)
        self.ask(host, id: self.nextID)
    }

    /// Asks again what was not answered in time.
    func tick(now: UInt64) {
        for (id, query) in self.pending.filter({ $0.value.due <= now }) {
            if query.attemptsLeft > 0 {
                self.pending[id]?.attemptsLeft -= 1
                self.pending[id]?.due = now + Self.patience
                self.ask(query.host, id: id)
            } else {
                self.pending[id] = nil
                query.done(nil)
            }
        }
    }

    func close() { self.context?.close(promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A resolver that could not find out is asked again, like one that is silent.
        guard let (id, answer) = AddressQuery.decode(self.unwrapInboundIn(data).data), let answer,
            let query = self.pending.removeValue(forKey: id)
        else { return }
        query.done(answer)
    }

    // A resolver that is not there shows as a query without answer.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    private func ask(_ host: String, id: UInt16) {
        let message = AddressedEnvelope(remoteAddress: self.server, data: AddressQuery.encode(host, id: id))
        self.context?.writeAndFlush(self.wrapOutboundOut(message), promise: nil)
    }
}
