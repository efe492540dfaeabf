import LeewardModel
import NIOCore
import NIOPosix

/// Why a request has no answer, and whether it can have been received.
package enum ExchangeFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing left this machine, or nobody listened.
    case notSent(String)
    /// It was sent; whether it was received is not known.
    case noAnswer(String)

    package var description: String {
        switch self {
        case .notSent(let reason): "not sent: \(reason)"
        case .noAnswer(let reason): "no answer: \(reason)"
        }
    }
}

/// One server's address, "address:port" or "[address]:port".
package struct DNSServerAddress: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    let socket: SocketAddress

    /// Nil unless it is a literal address with a port: finding a name server by name would need a name server.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
        guard let socket = try? SocketAddress(ipAddress: String(host), port: Int(port)) else { return nil }
        self.socket = socket
        self.description = text
    }

    package static func == (left: Self, right: Self) -> Bool { left.description == right.description }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.description) }
}

/// Sends one request and waits for its answer, until a deadline and no longer.
package struct DNSExchange: Sendable {
    package var server: DNSServerAddress
    /// The answer must be complete by then.
    package var deadline: NIODeadline

    package init(_ server: DNSServerAddress, within limit: Span) {
        self.server = server
        self.deadline = .now() + .milliseconds(limit.milliseconds)
    }

    /// Over UDP; the same again over TCP when the answer was cut short or the request is too long for a datagram.
    ///
    /// Only for requests that change nothing: they are repeated while no answer comes.
    package func ask(_ query: DNSMessage) async throws(ExchangeFailure) -> DNSMessage {
        guard let bytes = try? query.encoded() else { throw .notSent("the request is too long") }
        guard bytes.count <= 512 else { return try await self.askOverTCP(query, bytes) }
        let answer = try await self.datagram(bytes) { Self.decoded($0, answers: query) != nil }
        guard let message = Self.decoded(answer, answers: query) else { throw .noAnswer("damaged answer") }
        return message.isTruncated ? try await self.askOverTCP(query, bytes) : message
    }

    private func askOverTCP(_ query: DNSMessage, _ bytes: [UInt8]) async throws(ExchangeFailure) -> DNSMessage {
        let answer = try await self.stream(bytes)
        guard let message = Self.decoded(answer, answers: query) else {
            throw .noAnswer("the answer over TCP is damaged or belongs to another request")
        }
        return message
    }

    /// The message if it is an answer to this very question.
    private static func decoded(_ bytes: [UInt8], answers query: DNSMessage) -> DNSMessage? {
        // A cut answer may end anywhere; its header is all that counts.
        if bytes.count >= 12, bytes[2] & 0x82 == 0x82, bytes[0] == UInt8(query.id >> 8),
            bytes[1] == UInt8(query.id & 0xff)
        {
            var cut = DNSMessage(id: query.id, operation: query.operation)
            cut.isAnswer = true
            cut.isTruncated = true
            return cut
        }
        guard let message = try? DNSMessage(decoding: bytes), message.isAnswer, message.id == query.id,
            message.operation == query.operation
        else { return nil }
        // A server that could not read the question may leave it out of its error.
        let echoes = message.questions == query.questions
        return echoes || (message.questions.isEmpty && message.code != .noError) ? message : nil
    }

    // MARK: - Transports

    private static var loops: any EventLoopGroup { MultiThreadedEventLoopGroup.singleton }

    /// Sends a datagram, again every quarter second, until one arrives that `accepts` says is the answer.
    private func datagram(
        _ bytes: [UInt8],
        accepts: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ExchangeFailure) -> [UInt8] {
        let loop = Self.loops.next()
        let answer = loop.makePromise(of: [UInt8].self)
        let channel: any Channel
        do {
            channel = try await DatagramBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(DatagramAnswer(answer, accepts: accepts))
                    }
                }
                .connect(to: self.server.socket).get()
        } catch {
            let failure = ExchangeFailure.notSent(Self.reason(error))
            answer.fail(failure)
            throw failure
        }
        let request = ByteBuffer(bytes: bytes)
        let repeated = loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(250)) { _ in
            channel.writeAndFlush(request, promise: nil)
        }
        defer { repeated.cancel() }
        return try await self.result(answer, channel)
    }

    /// Sends a message over a connection of its own and reads one message.
    package func stream(_ bytes: [UInt8]) async throws(ExchangeFailure) -> [UInt8] {
        guard let length = UInt16(exactly: bytes.count) else { throw .notSent("the request is too long") }
        let loop = Self.loops.next()
        let answer = loop.makePromise(of: [UInt8].self)
        let channel: any Channel
        do {
            let left = max(.milliseconds(1), self.deadline - .now())
            channel = try await ClientBootstrap(group: loop)
                .connectTimeout(left)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(StreamAnswer(answer))
                    }
                }
                .connect(to: self.server.socket).get()
        } catch {
            let failure = ExchangeFailure.notSent(Self.reason(error))
            answer.fail(failure)
            throw failure
        }
        var request = ByteBuffer()
        request.writeInteger(length)
        request.writeBytes(bytes)
        channel.writeAndFlush(request, promise: nil)
        return try await self.result(answer, channel)
    }

    /// Waits for the promise; at the deadline, or when the waiting task is cancelled, the request counts as unanswered.
    private func result(
        _ answer: EventLoopPromise<[UInt8]>,
        _ channel: any Channel
    ) async throws(ExchangeFailure) -> [UInt8] {
        let timeout = channel.eventLoop.scheduleTask(deadline: self.deadline) {
            answer.fail(ExchangeFailure.noAnswer("nothing came in time"))
        }
        defer {
            timeout.cancel()
            channel.close(promise: nil)
        }
        do {
            return try await withTaskCancellationHandler {
                try await answer.futureResult.get()
            } onCancel: {
                answer.fail(ExchangeFailure.noAnswer("the wait was cancelled"))
            }
        } catch {
            throw error as? ExchangeFailure ?? .noAnswer(Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as ExchangeFailure: error.description
        case let error as IOError: error.description
        case ChannelError.connectTimeout: "the connection was not accepted in time"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { self.reason($0.error) } ?? "no connection"
        default: "\(error)"
        }
    }
}
