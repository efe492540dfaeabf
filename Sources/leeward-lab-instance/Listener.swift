import Glibc

/// The listening socket: closed while the instance is cold or its backends are down.
struct Listener {
    private let address: String
    /// Chosen at the first bind when it was 0, and the same ever after.
    private(set) var port: UInt16
    private(set) var socket: Int32?

    init(address: String, port: UInt16) {
        self.address = address
        self.port = port
    }

    var isOpen: Bool { self.socket != nil }

    /// Nil when it listens now, else why not; the caller tries again.
    mutating func open() -> String? {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(AF_INET, kind, 0)
        guard socket >= 0 else { return "socket: \(String(cString: strerror(errno)))" }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = self.port.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isAddress = inet_pton(AF_INET, self.address, &target.sin_addr) == 1
        let result = withUnsafeMutablePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Int32 in
                guard isAddress, bind(socket, pointer, size) == 0, listen(socket, 512) == 0 else { return -1 }
                return getsockname(socket, pointer, &size)
            }
        }
        guard result == 0 else {
            let problem = isAddress ? String(cString: strerror(errno)) : "no IPv4 address"
            Glibc.close(socket)
            return "\(self.address):\(self.port): \(problem)"
        }
        self.port = UInt16(bigEndian: target.sin_port)
        self.socket = socket
        return nil
    }

    /// The next waiting client; nil when there is none.
    func accept() -> Int32? {
        guard let socket = self.socket else { return nil }
        let client = Glibc.accept(socket, nil, nil)
        guard client >= 0 else { return nil }
        _ = fcntl(client, F_SETFL, fcntl(client, F_GETFL) | O_NONBLOCK)
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return client
    }

    mutating func close() {
        if let socket = self.socket { Glibc.close(socket) }
        self.socket = nil
    }
}
