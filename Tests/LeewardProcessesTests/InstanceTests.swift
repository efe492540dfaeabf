import Foundation
import Glibc
import LeewardHTTP
import LeewardTestKit
import Testing

@testable import LeewardProcesses

/// One instance of its own, on a port that it picked.
private struct LoneInstance {
    let folder: TemporaryFolder
    let handle: ProcessHandle
    let started: ContinuousClock.Instant

    init(capacity: Int = 1000, warmAfter: Int = 0) throws {
        self.folder = try TemporaryFolder()
        try self.folder.write("", to: "parent")
        self.started = .now
        self.handle = try Spawn.start(
            try Programs.built("leeward-lab-instance"),
            [
                "--listen", "127.0.0.1:0", "--capacity", String(capacity), "--warm-after", String(warmAfter),
                "--service", "play", "--region", "us-east-1", "--id", "i-1",
                "--address-file", self.folder.file("address"), "--ready-file", self.folder.file("ready"),
                "--fault-file", self.folder.file("fault"), "--parent-file", self.folder.file("parent"),
            ],
            log: self.folder.file("log")
        )
    }

    func address() async throws -> HTTPAddress {
        try await eventually("the instance is ready") {
            FileManager.default.fileExists(atPath: self.folder.file("ready"))
        }
        let text = try String(contentsOfFile: self.folder.file("address"), encoding: .utf8)
        return .tcp(host: "127.0.0.1", port: try #require(Int(text.dropFirst(10).dropLast())))
    }

    func breakDown(_ kind: String) throws { try self.folder.write(kind + "\n", to: "fault") }
    func heal() throws { try FileManager.default.removeItem(atPath: self.folder.file("fault")) }
    func stop() async { await Spawn.stop(self.handle) }
}

@Suite("A lab instance")
struct InstanceTests {
    @Test func whatItCanCarryIsAllAnswered() async throws {
        let instance = try LoneInstance()
        let address = try await instance.address()
        for _ in 0..<60 { #expect(await status(of: address) == 200) }
        let answer = try await HTTPClient().send(HTTPRequest("GET", "/play"), to: address, within: .seconds(5))
        #expect(String(decoding: answer.body, as: UTF8.self) == "play us-east-1 i-1\n")
        await instance.stop()
    }

    @Test func aBurstAboveItsCapacityIsTurnedAway() async throws {
        let instance = try LoneInstance(capacity: 20)
        let address = try await instance.address()
        let start = ContinuousClock.now
        let statuses = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<200 { group.addTask { await status(of: address) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let good = statuses.count { $0 == 200 }
        let full = statuses.count { $0 == 503 }
        #expect(good + full == 200)
        // Three tenths of a second may queue; the rest is what it works off meanwhile.
        #expect(Double(good) <= 20 * (seconds + 0.3) + 1)
        #expect(good >= 7)
        let load = try #require(await InstanceLoad.read(from: "127.0.0.1:\(address.port)"))
        #expect(load.requests == 200)
        #expect(load.rejected == full)
        await instance.stop()
    }

    @Test func aColdInstanceRefusesConnectionsUntilItIsWarm() async throws {
        let instance = try LoneInstance(warmAfter: 1500)
        // Nobody knows its port yet, because it has none.
        #expect(!FileManager.default.fileExists(atPath: instance.folder.file("address")))
        let address = try await instance.address()
        #expect(ContinuousClock.now - instance.started >= .milliseconds(1500))
        #expect(await status(of: address) == 200)
        await instance.stop()
    }

    @Test func backendsDownRefusesConnectionsUntilHealed() async throws {
        let instance = try LoneInstance()
        let address = try await instance.address()
        #expect(await status(of: address) == 200)
        try instance.breakDown("backends-down")
        try await eventually("connections are refused") {
            do {
                _ = try await HTTPClient().send(HTTPRequest("GET", "/"), to: address, within: .seconds(5))
                return false
            } catch HTTPError.notSent {
                return true
            } catch {
                return false
            }
        }
        #expect(Spawn.isAlive(instance.handle))
        try instance.heal()
        try await eventually("it answers again on the same port") { await status(of: address) == 200 }
        await instance.stop()
    }

    @Test func aBrownoutFailsThreeOfFive() async throws {
        let instance = try LoneInstance()
        let address = try await instance.address()
        try instance.breakDown("brownout")
        try await eventually("the first error") { await status(of: address) == 500 }
        var failed = 0
        for _ in 0..<200 where await status(of: address) == 500 { failed += 1 }
        #expect((90...150).contains(failed))
        try instance.folder.write("none", to: "fault")
        try await eventually("ten good answers in a row") {
            for _ in 0..<10 where await status(of: address) != 200 { return false }
            return true
        }
        await instance.stop()
    }

    @Test func aHangAcceptsAndNeverAnswersUntilHealed() async throws {
        let instance = try LoneInstance()
        let address = try await instance.address()
        try instance.breakDown("hang")
        try await eventually("a request stays without an answer") {
            do {
                _ = try await HTTPClient().send(HTTPRequest("GET", "/"), to: address, within: .milliseconds(400))
                return false
            } catch HTTPError.unanswered {
                return true
            } catch {
                return false
            }
        }
        #expect(await InstanceLoad.read(from: "127.0.0.1:\(address.port)") == nil)
        try instance.heal()
        try await eventually("it answers again") { await status(of: address) == 200 }
        await instance.stop()
    }

    @Test func whatIsInFlightWhenItIsAskedToEndIsAnswered() async throws {
        let instance = try LoneInstance(capacity: 10)
        let address = try await instance.address()
        async let answers = withTaskGroup(of: Int?.self) { group in
            for _ in 0..<3 { group.addTask { await status(of: address) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try await eventually("three requests are there") {
            await InstanceLoad.read(from: "127.0.0.1:\(address.port)")?.requests == 3
        }
        Spawn.signal(instance.handle, SIGTERM)
        #expect(await answers == [200, 200, 200])
        #expect(await Spawn.ended(instance.handle, within: .seconds(10)))
    }

    @Test func itEndsByItselfWhenItsRunFolderMarkerVanishes() async throws {
        let instance = try LoneInstance()
        _ = try await instance.address()
        try FileManager.default.removeItem(atPath: instance.folder.file("parent"))
        #expect(await Spawn.ended(instance.handle, within: .seconds(10)))
    }

    @Test(arguments: [["--capacity", "many"], ["--colour", "red"], ["--listen"]])
    func itSaysWhatIsWrongWithItsArguments(_ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let handle = try Spawn.start(try Programs.built("leeward-lab-instance"), arguments, log: folder.file("log"))
        #expect(await Spawn.ended(handle, within: .seconds(10)))
        #expect(try String(contentsOfFile: folder.file("log"), encoding: .utf8).contains(arguments[0]))
    }
}

extension HTTPAddress {
    fileprivate var port: Int {
        if case .tcp(_, let port) = self { port } else { 0 }
    }
}
