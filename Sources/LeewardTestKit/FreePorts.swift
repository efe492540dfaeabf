import Foundation

/// Picks ports that nobody listens on, for programs that cannot bind port 0 themselves.
public enum FreePorts {
    /// So many different ports of one IPv4 address, free for TCP and UDP at the moment of the answer.
    ///
    /// They lie below the kernel's ephemeral range, so that no outgoing connection takes one in between.
    public static func pick(_ count: Int, on address: String = "127.0.0.1") throws -> [Int] {
        var held: [Int32] = []
        defer { for socket in held { close(socket) } }
        var ports: [Int] = []
        var attempts = 0
        while ports.count < count {
            attempts += 1
            guard attempts < 200 + count * 20 else {
                throw NoFreePort(description: "no free port on \(address) after \(attempts) attempts")
            }
            let port = Int.random(in: 10_000..<32_000)
            guard !ports.contains(port) else { continue }
            let sockets = [Int32(SOCK_STREAM.rawValue), Int32(SOCK_DGRAM.rawValue)].map {
                self.bound(type: $0, address: address, port: port)
            }
            let open = sockets.compactMap { $0 }
            held += open
            if open.count == sockets.count { ports.append(port) }
        }
        return ports
    }

    /// One free port.
    public static func pickOne(on address: String = "127.0.0.1") throws -> Int {
        guard let port = try self.pick(1, on: address).first else {
            throw NoFreePort(description: "no free port on \(address)")
        }
        return port
    }

    private static func bound(type: Int32, address: String, port: Int) -> Int32? {
        let socket = socket(AF_INET, type | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(port).bigEndian
        guard inet_pton(AF_INET, address, &target.sin_addr) == 1 else {
            close(socket)
            return nil
        }
        let result = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(socket)
            return nil
        }
        return socket
    }
}

/// No port was free, or the address is none of this machine's.
public struct NoFreePort: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}
