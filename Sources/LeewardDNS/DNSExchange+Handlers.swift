import NIOCore

/// Takes the first datagram that is the answer; others are dropped, so that a stray or forged one cannot end the wait.
final class DatagramAnswer: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let answer: EventLoopPromise<[UInt8]>
    private let accepts: @Sendable ([UInt8]) -> Bool

    init(_ answer: EventLoopPromise<[UInt8]>, accepts: @escaping @Sendable ([UInt8]) -> Bool) {
        self.answer = answer
        self.accepts = accepts
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(self.unwrapInboundIn(data).data.readableBytesView)
        if self.accepts(bytes) { self.answer.succeed(bytes) }
    }

    /// A refusal by the other machine's kernel: nobody listens on that port.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.answer.fail(ExchangeFailure.notSent("nobody listens there (\(error))"))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.answer.fail(ExchangeFailure.noAnswer("the socket was closed"))
    }
}

/// Reads one message with its two-byte length in front; at most 65535 bytes are ever held.
final class StreamAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<[UInt8]>
    private var received = ByteBuffer()

    init(_ answer: EventLoopPromise<[UInt8]>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = self.unwrapInboundIn(data)
        self.received.writeBuffer(&part)
        guard let length = self.received.getInteger(at: self.received.readerIndex, as: UInt16.self),
            let bytes = self.received.getBytes(at: self.received.readerIndex + 2, length: Int(length))
        else { return }
        self.answer.succeed(bytes)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.answer.fail(ExchangeFailure.noAnswer("the connection broke (\(error))"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.answer.fail(ExchangeFailure.noAnswer("the server closed the connection"))
    }
}
