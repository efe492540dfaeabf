import Foundation
import Synchronization

/// Stands between an adapter and a DNS server on loopback, over UDP and TCP, and lets through what its mode says.
///
/// One thread per transport, one request at a time; `stop()` ends both.
public final class ZoneConformanceRelay: Sendable {
    /// What happens to a request and to its answer.
    public enum Mode: Sendable {
        case pass
        /// The server gets the request; the client gets nothing.
        case loseAnswers
        /// The server gets nothing; the client gets REFUSED.
        case refuse
        /// The first answer to each kind of request is real; later requests get it again and do not reach the server.
        case replay
        /// The server gets nothing; the client gets what the script makes of its request.
        case script(@Sendable ([UInt8]) -> [UInt8]?)
    }

    /// "address:port" for the adapter.
    public let address: String
    private let mode: Mode
    private let target: Int
    private let state = Mutex(State())

    private struct State {
        var isStopped = false
        var forwardedStreams = 0
        var recorded: [String: [UInt8]] = [:]
    }

    /// How many requests reached the server over TCP.
    public var forwardedStreams: Int { self.state.withLock { $0.forwardedStreams } }

    /// Listens on a free loopback port and forwards to `port` of 127.0.0.1.
    public init(to port: Int, mode: Mode) throws {
        let own = try FreePorts.pickOne()
        self.address = "127.0.0.1:\(own)"
        self.mode = mode
        self.target = port
        let datagrams = try LoopbackSocket(.datagram)
        try datagrams.bind(own)
        let streams = try LoopbackSocket(.stream)
        try streams.bind(own)
        try streams.listen()
        Thread.detachNewThread { self.serveDatagrams(datagrams) }
        Thread.detachNewThread { self.serveStreams(streams) }
    }

    /// Ends both threads within a tenth of a second; they close their sockets.
    public func stop() { self.state.withLock { $0.isStopped = true } }

    private var isStopped: Bool { self.state.withLock { $0.isStopped } }

    private func serveDatagrams(_ socket: LoopbackSocket) {
        while !self.isStopped {
            guard socket.isReadable(within: 100), let (request, sender) = socket.receive() else { continue }
            let answer = self.answer(request, transport: "udp") {
                guard let upstream = try? LoopbackSocket(.datagram), (try? upstream.connect(self.target)) != nil else {
                    return nil
                }
                upstream.write(request)
                return upstream.isReadable(within: 2000) ? upstream.read(65_535) : nil
            }
            if let answer { socket.send(answer, to: sender) }
        }
    }

    private func serveStreams(_ socket: LoopbackSocket) {
        while !self.isStopped {
            guard socket.isReadable(within: 100), let client = socket.accept() else { continue }
            guard let request = client.readMessage() else { continue }
            let answer = self.answer(request, transport: "tcp") {
                guard let upstream = try? LoopbackSocket(.stream), (try? upstream.connect(self.target)) != nil else {
                    return nil
                }
                self.state.withLock { $0.forwardedStreams += 1 }
                upstream.writeMessage(request)
                return upstream.readMessage()
            }
            if let answer { client.writeMessage(answer) }
        }
    }

    private func answer(_ request: [UInt8], transport: String, forward: () -> [UInt8]?) -> [UInt8]? {
        guard request.count >= 12 else { return nil }
        switch self.mode {
        case .pass: return forward()
        case .loseAnswers:
            _ = forward()
            return nil
        case .refuse: return Self.refusal(request)
        case .script(let script): return script(request)
        case .replay:
            // Everything behind the id and before the signature's record tells kinds of questions apart; an update is one kind.
            let isUpdate = request[2] >> 3 & 0x0f == 5
            let kind = transport + (isUpdate ? "update" : String(decoding: request[2...], as: UTF8.self))
            if let old = self.state.withLock({ $0.recorded[kind] }) { return old }
            let answer = forward()
            self.state.withLock { $0.recorded[kind] = answer }
            return answer
        }
    }

    /// The header with QR and REFUSED set, all sections empty.
    private static func refusal(_ request: [UInt8]) -> [UInt8] {
        [request[0], request[1], request[2] | 0x80, 5] + [UInt8](repeating: 0, count: 8)
    }
}
