import Foundation

/// A blocking IPv4 socket on 127.0.0.1 that closes itself.
final class LoopbackSocket: @unchecked Sendable {
    // Unchecked: the descriptor never changes and each socket is used by one thread at a time.
    enum Kind { case datagram, stream }

    private let descriptor: Int32

    init(_ kind: Kind) throws {
        let type = Int32(kind == .stream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
        self.descriptor = socket(AF_INET, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard self.descriptor >= 0 else { throw Self.problem("socket") }
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(self.descriptor) }

    func bind(_ port: Int) throws {
        var yes: Int32 = 1
        setsockopt(self.descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard Self.withAddress(port, { Foundation.bind(self.descriptor, $0, $1) }) == 0 else {
            throw Self.problem("bind to port \(port)")
        }
    }

    func listen() throws {
        guard Foundation.listen(self.descriptor, 16) == 0 else { throw Self.problem("listen") }
    }

    func connect(_ port: Int) throws {
        guard Self.withAddress(port, { Foundation.connect(self.descriptor, $0, $1) }) == 0 else {
            throw Self.problem("connect to port \(port)")
        }
    }

    func accept() -> LoopbackSocket? {
        let accepted = Foundation.accept(self.descriptor, nil, nil)
        return accepted >= 0 ? LoopbackSocket(descriptor: accepted) : nil
    }

    func isReadable(within milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, milliseconds) > 0
    }

    func receive() -> (bytes: [UInt8], sender: sockaddr_in)? {
        var bytes = [UInt8](repeating: 0, count: 65_535)
        var sender = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &sender) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(self.descriptor, &bytes, bytes.count, 0, $0, &length)
            }
        }
        return count >= 0 ? (Array(bytes.prefix(count)), sender) : nil
    }

    func send(_ bytes: [UInt8], to receiver: sockaddr_in) {
        var receiver = receiver
        _ = withUnsafePointer(to: &receiver) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(self.descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    func write(_ bytes: [UInt8]) {
        _ = Foundation.send(self.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// At most `count` bytes; nil at the end or on an error.
    func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = recv(self.descriptor, &bytes, count, 0)
        return got > 0 ? Array(bytes.prefix(got)) : nil
    }

    func writeMessage(_ bytes: [UInt8]) { self.write([UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes) }

    /// One DNS message with its length in front; nil when it does not come whole within two seconds a part.
    func readMessage() -> [UInt8]? {
        var bytes: [UInt8] = []
        while true {
            if bytes.count >= 2 {
                let length = Int(bytes[0]) << 8 | Int(bytes[1])
                if bytes.count >= length + 2 { return Array(bytes[2..<length + 2]) }
            }
            guard self.isReadable(within: 2000), let part = self.read(65_537) else { return nil }
            bytes += part
        }
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func problem(_ what: String) -> ConformanceFailure {
        ConformanceFailure("\(what): \(String(cString: strerror(errno)))")
    }
}
