import Glibc

/// One client; one request at a time, answered in order.
final class Connection {
    /// Unread input above this waits in the socket.
    static let inputLimit = 64 * 1024

    let socket: Int32
    let number: UInt64
    private(set) var input: [UInt8] = []
    private var output: [UInt8] = []
    /// A request is being worked on.
    var isBusy = false
    /// Its request came while the instance hung: it is never answered.
    var isSwallowed = false
    var wantsClose = false
    var isHead = false
    private(set) var hasEnded = false

    init(socket: Int32, number: UInt64) {
        self.socket = socket
        self.number = number
    }

    var hasOutput: Bool { !self.output.isEmpty }
    var takesInput: Bool { !self.hasEnded && self.input.count < Self.inputLimit }

    /// Reads what is there; false when the connection is broken.
    func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = buffer.withUnsafeMutableBytes { recv(self.socket, $0.baseAddress, $0.count, 0) }
        if count > 0 {
            self.input += buffer[..<count]
            return true
        }
        if count == 0 {
            self.hasEnded = true
            return true
        }
        return errno == EAGAIN || errno == EINTR
    }

    func consume(_ count: Int) { self.input.removeFirst(count) }

    func respond(_ status: Int, type: String, body: String) {
        var text = "HTTP/1.1 \(status) \(Self.reason(status))\r\ncontent-type: \(type)\r\n"
        text += "content-length: \(body.utf8.count)\r\n"
        if self.wantsClose { text += "connection: close\r\n" }
        text += "\r\n"
        self.output += text.utf8
        if !self.isHead { self.output += body.utf8 }
        self.isBusy = false
    }

    /// Writes what the socket takes; false when the connection is broken.
    func flush() -> Bool {
        guard !self.output.isEmpty else { return true }
        let count = self.output.withUnsafeBytes {
            send(self.socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count > 0 {
            self.output.removeFirst(count)
            return true
        }
        return errno == EAGAIN || errno == EINTR
    }

    /// Closes so that the peer sees a reset and not an end.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(self.socket)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 400: "Bad Request"
        case 413: "Content Too Large"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        default: "Service Unavailable"
        }
    }
}
