import Foundation
import LeewardHTTP
import NIOCore

/// Small questions that tell whether a part of the lab answers yet.
enum Probe {
    /// Waiting longer would not help.
    struct Hopeless: Error { var reason: String }

    /// Asks again every 50 ms until `isMet` says yes; throws with `what` and the last reason when the time is over.
    static func until(
        _ what: String,
        within limit: Duration,
        isMet: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        var reason = "it does not answer as it should"
        while true {
            do { if try await isMet() { return } } catch let error as CancellationError {
                throw error
            } catch let error as Hopeless {
                throw LabError("\(what) cannot become ready: \(error.reason)")
            } catch {
                reason = "\(error)"
            }
            guard ContinuousClock.now < deadline else { throw LabError("\(what) was not ready in time: \(reason)") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The A records that a server gives for a name, over UDP; empty without an answer within half a second.
    static func addresses(of host: String, at server: String, port: Int) -> [String] {
        let socket = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return [] }
        defer { close(socket) }
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(port).bigEndian
        var patience = timeval(tv_sec: 0, tv_usec: 500_000)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let isConnected =
            inet_pton(AF_INET, server, &target.sin_addr) == 1
            && withUnsafePointer(to: &target) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            } == 0
        guard isConnected else { return [] }
        let id = UInt16.random(in: 1...UInt16.max)
        let question = Array(AddressQuery.encode(host, id: id).readableBytesView)
        guard send(socket, question, question.count, 0) == question.count else { return [] }
        var bytes = [UInt8](repeating: 0, count: 2048)
        let count = recv(socket, &bytes, bytes.count, 0)
        guard count > 0, let (answerID, answer) = AddressQuery.decode(ByteBuffer(bytes: bytes[..<count])),
            answerID == id
        else { return [] }
        return answer?.addresses ?? []
    }
}
