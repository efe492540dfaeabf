import Foundation
import LeewardHTTP
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

/// Client and server against each other over real sockets, and each against a peer that misbehaves.
@Suite(.timeLimit(.minutes(1)))
struct HTTPTests {
    private func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let path = NSTemporaryDirectory() + "lwh-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    @Test func bodiesHeadersAndStatusTravelBothWays() async throws {
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { request in
            HTTPResponse(
                status: request.method == "POST" ? 201 : 404,
                headers: [("x-echo", request.header("X-Mark") ?? "none")],
                body: Array(request.path.utf8) + request.body
            )
        }
        let port = try #require(server.boundPort)
        let large = [UInt8](repeating: 7, count: 3_000_000)
        let answer = try await HTTPClient().send(
            HTTPRequest("POST", "/a?b=c", headers: [("x-mark", "yes")], body: large),
            to: .tcp(host: "127.0.0.1", port: port),
            within: .seconds(20)
        )
        #expect(answer.status == 201)
        #expect(answer.header("X-Echo") == "yes")
        #expect(answer.body == Array("/a?b=c".utf8) + large)
        await server.stop()
    }

    @Test func aUnixSocketIsPrivateReplacedWhenStaleAndRemovedAtTheEnd() async throws {
        try await self.withFolder { folder in
            let path = folder + "/s.sock"
            // What a killed process leaves behind: a socket file nobody listens on.
            let dead = try await HTTPServer.start(on: .unix(path: path + "0")) { _ in .text(200, "dead") }
            try FileManager.default.linkItem(atPath: path + "0", toPath: path)
            await dead.stop()
            let server = try await HTTPServer.start(on: .unix(path: path)) { _ in .text(200, "here") }
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let answer = try await HTTPClient().send(
                HTTPRequest("GET", "/"),
                to: .unix(path: path),
                within: .seconds(5)
            )
            #expect(answer.body == Array("here".utf8))
            await #expect(throws: HTTPListenError.self) {
                _ = try await HTTPServer.start(on: .unix(path: path)) { _ in .text(200, "second") }
            }
            await server.stop()
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func aFileThatIsNoSocketIsNeverReplaced() async throws {
        try await self.withFolder { folder in
            let path = folder + "/precious"
            try Data("data".utf8).write(to: URL(fileURLWithPath: path))
            await #expect(throws: HTTPListenError.self) {
                _ = try await HTTPServer.start(on: .unix(path: path)) { _ in .text(200, "") }
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "data")
        }
    }

    @Test func whatNeverReachedAPeerIsNotSent() async throws {
        try await self.withFolder { folder in
            let refused = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { _ in .text(200, "") }
            let port = try #require(refused.boundPort)
            await refused.stop()
            for address in [HTTPAddress.tcp(host: "127.0.0.1", port: port), .unix(path: folder + "/none.sock")] {
                let error = await self.error(of: HTTPRequest("GET", "/"), to: address, within: .seconds(5))
                guard case .notSent = error else {
                    Issue.record("\(address): \(String(describing: error))")
                    continue
                }
            }
            let broken = await self.error(
                of: HTTPRequest("GET", "/a b\r\nx: y"),
                to: .tcp(host: "127.0.0.1", port: port),
                within: .seconds(5)
            )
            guard case .notSent = broken else {
                Issue.record("a path with a line break got \(String(describing: broken))")
                return
            }
        }
    }

    @Test func silenceAndAnAnswerCutShortAreUnanswered() async throws {
        let silent = try await RawPeer.start(answer: nil)
        let cut = try await RawPeer.start(answer: "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
        for peer in [silent, cut] {
            let error = await self.error(
                of: HTTPRequest("POST", "/v1/effects", body: [1]),
                to: .tcp(host: "127.0.0.1", port: peer.port),
                within: .milliseconds(300)
            )
            guard case .unanswered = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        try await silent.stop()
        try await cut.stop()
    }

    @Test func aBodyBeyondTheLimitIsRefusedAndTheServerGoesOn() async throws {
        let handled = Mutex(0)
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { _ in
            handled.withLock { $0 += 1 }
            return .text(200, "ok")
        }
        let address = HTTPAddress.tcp(host: "127.0.0.1", port: try #require(server.boundPort))
        let tooLong = HTTPRequest("POST", "/", body: [UInt8](repeating: 0, count: HTTPServer.bodyLimit + 1))
        // The refusal may be cut off by bytes that are still on their way; it is never a success.
        let status = try? await HTTPClient().send(tooLong, to: address, within: .seconds(20)).status
        #expect(status == nil || status == 413)
        #expect(handled.withLock { $0 } == 0)
        let next = try await HTTPClient().send(HTTPRequest("GET", "/"), to: address, within: .seconds(5))
        #expect(next.status == 200)
        await server.stop()
    }

    @Test func garbageGetsAnErrorAndTheServerGoesOn() async throws {
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { _ in .text(200, "ok") }
        let port = try #require(server.boundPort)
        let garbage = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        try await garbage.writeAndFlush(ByteBuffer(string: "\u{0}\u{1}nonsense\r\n\r\n"))
        try await garbage.closeFuture.get()
        let next = try await HTTPClient().send(
            HTTPRequest("GET", "/"),
            to: .tcp(host: "127.0.0.1", port: port),
            within: .seconds(5)
        )
        #expect(next.status == 200)
        await server.stop()
    }

    @Test func oneConnectionCarriesManyRequestsInOrder() async throws {
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0)) { .text(200, $0.path) }
        let port = try #require(server.boundPort)
        let client = try await RawClient.connect(port: port)
        try await client.send(
            "GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
        )
        let text = try await client.everything()
        let first = try #require(text.range(of: "/1"))
        let second = try #require(text.range(of: "/2"))
        #expect(first.lowerBound < second.lowerBound)
        await server.stop()
    }

    private func error(of request: HTTPRequest, to address: HTTPAddress, within limit: Duration) async -> HTTPError? {
        do throws(HTTPError) {
            _ = try await HTTPClient().send(request, to: address, within: limit)
            return nil
        } catch {
            return error
        }
    }
}
