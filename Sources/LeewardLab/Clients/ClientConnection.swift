import Foundation
import NIOCore

/// One connection of one user: a request at a time, written as prepared bytes, answered as one summary.
///
/// Everything happens on the load's event loop.
final class ClientConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let user: ClientUser
    let target: Target
    private(set) var idleSince: UInt64 = 0
    var isOpen: Bool { self.context != nil && !self.isClosing }

    private unowned let load: Load
    private let closesAfterUse: Bool
    private var context: ChannelHandlerContext?
    private var flight: Flight?
    private var buffer: ByteBuffer?
    private var isClosing = false

    /// `flight` is sent as soon as the connection stands.
    init(load: Load, user: ClientUser, target: Target, flight: Flight, closesAfterUse: Bool) {
        self.load = load
        self.user = user
        self.target = target
        self.flight = flight
        self.closesAfterUse = closesAfterUse
        flight.connection = self
    }

    /// Sends on a connection that was idle.
    func send(_ flight: Flight) {
        self.flight = flight
        flight.connection = self
        self.write(flight)
    }

    /// The client gives up: a reset, so that neither side keeps the connection's memory.
    func abort() {
        self.flight = nil
        self.isClosing = true
        guard let context = self.context else { return }
        let reset = linger(l_onoff: 1, l_linger: 0)
        (context.channel as? any SocketOptionProvider)?.setSoLinger(reset).whenFailure { _ in }
        context.close(promise: nil)
    }

    func close() {
        self.isClosing = true
        self.context?.close(promise: nil)
    }

    /// The connection could not be made.
    func connectFailed() {
        guard let flight = self.flight else { return }
        self.flight = nil
        self.load.decide(flight, .failed("refused"))
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        self.load.connectionOpened()
        if self.isClosing { return self.abort() }
        if let flight = self.flight { self.write(flight) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var received = self.unwrapInboundIn(data)
        if var earlier = self.buffer {
            earlier.writeBuffer(&received)
            received = earlier
            self.buffer = nil
        }
        guard let flight = self.flight else {
            // Nobody asked: the peer speaks out of turn or answers what was given up.
            return self.close()
        }
        switch ResponseReader.take(from: &received) {
        case .incomplete: self.buffer = received
        case .malformed:
            self.flight = nil
            self.load.decide(flight, .failed("malformed"))
            self.close()
        case .whole(let summary):
            self.flight = nil
            let servedBy = summary.servedBy.map(self.load.ledger.index(of:))
            self.load.decide(flight, .answered(status: summary.status, servedBy: servedBy))
            if summary.closesConnection || self.closesAfterUse || received.readableBytes > 0 {
                self.close()
            } else {
                self.idleSince = NIODeadline.now().uptimeNanoseconds
                self.user.keep(self)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.load.connectionClosed()
        self.isClosing = true
        if let flight = self.flight {
            self.flight = nil
            self.load.decide(flight, .failed("reset"))
        } else {
            self.user.forget(self)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func write(_ flight: Flight) {
        self.context?.writeAndFlush(self.wrapOutboundOut(self.load.request(for: flight)), promise: nil)
    }
}
