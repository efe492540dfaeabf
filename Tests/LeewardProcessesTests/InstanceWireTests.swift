import Foundation
import Glibc
import LeewardHTTP
import LeewardTestKit
import Testing

@testable import LeewardProcesses

/// A blocking TCP connection that sends bytes as they are.
private final class RawConnection {
    private let socket: Int32

    init(port: Int) throws {
        self.socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(self.socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &target.sin_addr)
        let result = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(self.socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(self.socket) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        let count = bytes.withUnsafeBytes { Glibc.send(self.socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        #expect(count == bytes.count)
    }

    /// Everything up to and with this text; what has come so far when the peer closes or ten seconds pass.
    func read(through end: String) -> String {
        var text = ""
        var byte: UInt8 = 0
        while !text.hasSuffix(end), recv(self.socket, &byte, 1, 0) == 1 { text.unicodeScalars.append(.init(byte)) }
        return text
    }

    /// True when the peer has closed and nothing more came.
    func isAtEnd() -> Bool {
        var byte: UInt8 = 0
        return recv(self.socket, &byte, 1, 0) == 0
    }
}

@Suite("A lab instance on the wire")
struct InstanceWireTests {
    private func withInstance(_ test: (Int) throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let handle = try Spawn.start(
            try Programs.built("leeward-lab-instance"),
            ["--listen", "127.0.0.1:0", "--id", "i-1", "--address-file", folder.file("address")],
            log: folder.file("log")
        )
        do {
            try await eventually("the instance listens") {
                FileManager.default.fileExists(atPath: folder.file("address"))
            }
            let text = try String(contentsOfFile: folder.file("address"), encoding: .utf8)
            try test(try #require(Int(text.dropFirst(10).dropLast())))
        } catch {
            await Spawn.stop(handle)
            throw error
        }
        await Spawn.stop(handle)
    }

    @Test func oneConnectionCarriesManyRequestsInPiecesAndInARow() async throws {
        try await self.withInstance { port in
            let connection = try RawConnection(port: port)
            for piece in ["GE", "T /a HT", "TP/1.1\r", "\nhost: x\r\n\r", "\n"] { connection.send(piece) }
            #expect(connection.read(through: " i-1\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
            let body = String(repeating: "x", count: 20_000)
            connection.send("POST /b HTTP/1.1\r\nContent-Length: 20000\r\n\r\n\(body)GET /c HTTP/1.1\r\n\r\n")
            #expect(connection.read(through: " i-1\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(connection.read(through: " i-1\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
            connection.send("HEAD /d HTTP/1.1\r\nConnection: close\r\n\r\n")
            #expect(connection.read(through: "\r\n\r\n").contains("connection: close"))
            #expect(connection.isAtEnd())
        }
    }

    @Test(arguments: [
        ("nonsense\r\n\r\n", "400"), ("GET / HTTP/2.0\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", "501"),
        ("POST / HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n", "413"),
        ("POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", "413"),
        ("GET / HTTP/1.1\r\nx: " + String(repeating: "y", count: 20_000), "431"),
    ])
    func whatItCannotReadIsAnsweredAndTheConnectionClosed(_ request: String, _ status: String) async throws {
        try await self.withInstance { port in
            let connection = try RawConnection(port: port)
            connection.send(request)
            #expect(connection.read(through: "\r\n").hasPrefix("HTTP/1.1 \(status) "))
            _ = connection.read(through: "cannot be read\n")
            #expect(connection.isAtEnd())
        }
    }
}
