import Foundation

/// Loopback addresses and ports that nobody uses; Linux answers on all of 127.0.0.0/8 without configuration.
enum Loopback {
    /// A random "127.x.y", y a multiple of four, and so many ports that are free on each of `hosts` in it.
    static func claim(hosts: [Int], ports count: Int) throws -> (block: String, ports: [Int]) {
        for _ in 0..<100 {
            let block = "127.\(Int.random(in: 16...250)).\(Int.random(in: 1...62) * 4)"
            let candidates = (0..<count * 4).map { _ in Int.random(in: 10_000..<32_000) }
            var ports: [Int] = []
            for port in candidates where ports.count < count && !ports.contains(port) {
                if hosts.allSatisfy({ self.isFree("\(block).\($0)", port) }) { ports.append(port) }
            }
            if ports.count == count { return (block, ports) }
        }
        throw LabError("no free loopback addresses; is 127.0.0.0/8 on the lo interface?")
    }

    /// Whether both protocols could be bound a moment ago.
    static func isFree(_ address: String, _ port: Int) -> Bool {
        [Int32(SOCK_STREAM.rawValue), Int32(SOCK_DGRAM.rawValue)].allSatisfy { type in
            let socket = socket(AF_INET, type | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard socket >= 0 else { return false }
            defer { close(socket) }
            var target = sockaddr_in()
            target.sin_family = sa_family_t(AF_INET)
            target.sin_port = in_port_t(port).bigEndian
            guard inet_pton(AF_INET, address, &target.sin_addr) == 1 else { return false }
            return withUnsafePointer(to: &target) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            } == 0
        }
    }
}
