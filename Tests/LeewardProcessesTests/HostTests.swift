import Foundation
import Glibc
import LeewardHTTP
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

@testable import LeewardProcesses

private struct Move {
    var key: EffectKey
    var effect: Effect
    var leadsTo: Membership

    func carryOut(on host: ProcessHost, watching ids: [InstanceID]) async -> [InstanceReport] {
        let outcome = await host.apply(.test(1, self.key, self.effect))
        #expect(outcome == .done)
        return await host.capacityReport().instances.filter { ids.contains($0.id) }
    }
}

@Suite("The process host")
struct HostTests {
    @Test func itRunsTheClustersThatItWasToldTo() async throws {
        let bench = try Bench([
            "play": .init(capacity: 100, live: 2, shadow: 1), "browse": .init(capacity: 50, live: 1, shadow: 0),
        ])
        try await bench.run { host in
            let report = await host.capacityReport()
            #expect(report.isComplete && !report.isFrozen && report.epoch == Epoch(0))
            #expect(report.ids(.live) == ["us-east-1-browse-1", "us-east-1-play-2", "us-east-1-play-3"])
            #expect(report.ids(.shadow) == ["us-east-1-play-4"])
            for instance in report.instances { #expect(await status(of: instance.http) == 200) }
            #expect(
                InstanceProcesses.running(inRunFolder: bench.folder.path).keys == report.instances.map(\.id).sorted()
            )
        }
        #expect(InstanceProcesses.running(inRunFolder: bench.folder.path).isEmpty)
    }

    @Test func injectionAndWithdrawalMoveTheSameProcessesAndInterruptNothing() async throws {
        let bench = try Bench()
        try await bench.run { host in
            let before = await host.capacityReport()
            let processes = InstanceProcesses.running(inRunFolder: bench.folder.path)
            let dark = before.ids(.shadow)
            let first = try #require(before.instances.first { $0.membership == .shadow })
            let moves = [
                Move(key: "k1", effect: .detach(dark, from: .shadow), leadsTo: .none),
                Move(key: "k2", effect: .attach(dark, to: .live), leadsTo: .live),
                Move(key: "k3", effect: .detach(dark, from: .live), leadsTo: .none),
                Move(key: "k4", effect: .attach(dark, to: .shadow), leadsTo: .shadow),
            ]
            for move in moves {
                let found = await move.carryOut(on: host, watching: dark)
                #expect(found.allSatisfy { $0.membership == move.leadsTo && $0.state == .ready })
                let answer = await status(of: first.http)
                #expect(answer == 200)
            }
            #expect(await host.capacityReport().instances == before.instances)
            #expect(InstanceProcesses.running(inRunFolder: bench.folder.path) == processes)
            #expect(await host.appliedEffects.map(\.fence.key) == ["k1", "k2", "k3", "k4"])
        }
    }

    @Test func startedInstancesAreStartingUntilTheyAreWarm() async throws {
        var bench = try Bench()
        bench.settings.coldStart = 1500
        try await bench.run { host in
            #expect(await host.apply(.test(1, "s", .start(Effect.play, count: 2))) == .done)
            let cold = await host.capacityReport().instances.suffix(2)
            #expect(cold.allSatisfy { $0.state == .starting && $0.membership == .live })
            try await allReady(host)
            for instance in cold { #expect(await status(of: instance.http) == 200) }
        }
    }

    @Test func aDeadInstanceIsReportedAndCannotGoLive() async throws {
        let bench = try Bench()
        try await bench.run { host in
            let id = try #require(await host.capacityReport().ids(.shadow).first)
            let process = try #require(InstanceProcesses.running(inRunFolder: bench.folder.path)[id])
            Spawn.signal(process, SIGKILL)
            try await eventually("the dead one is reported") {
                await host.capacityReport().instances.first { $0.id == id }?.state == .failed
            }
            #expect(await host.apply(.test(1, "d", .detach([id], from: .shadow))) == .done)
            let refusal = await host.apply(.test(1, "a", .attach([id], to: .live))).refusal
            #expect(refusal?.contains(id.text) == true)
            #expect(await host.apply(.test(1, "b", .attach([id], to: .shadow))) == .done)
        }
    }

    @Test func itAnswersBadCallsWithASentence() async throws {
        let bench = try Bench()
        try await bench.run { _ in
            let calls: [(HTTPRequest, Int)] = [
                (HTTPRequest("POST", "/v1/effects", body: Array("{".utf8)), 400),
                (HTTPRequest("POST", "/v1/effects", body: Array("{\"fence\":7}".utf8)), 400),
                (HTTPRequest("GET", "/v1/effects"), 405), (HTTPRequest("POST", "/v1/report"), 405),
                (HTTPRequest("GET", "/v2"), 404),
            ]
            for (call, expected) in calls {
                let answer = try await HTTPClient().send(call, to: bench.socket, within: .seconds(5))
                #expect(answer.status == expected)
                #expect(!answer.body.isEmpty)
            }
            var info = stat()
            #expect(stat(bench.settings.socket, &info) == 0)
            #expect(info.st_mode & 0o777 == 0o600)
        }
    }

    @Test func twoHostsNeverShareAFolder() async throws {
        let bench = try Bench()
        try await bench.cleaningUp {
            let first = try bench.host()
            #expect(throws: HostFileError.self) { try bench.host() }
            await first.stop()
        }
    }

    @Test func aDamagedStateFileIsAnErrorAndNotAFreshStart() async throws {
        let bench = try Bench()
        try bench.folder.write("{\"region\":", to: "host.json")
        #expect {
            try bench.host()
        } throws: { error in
            "\(error)".contains("host.json")
        }
        #expect(InstanceProcesses.running(inRunFolder: bench.folder.path).isEmpty)
    }

    @Test(arguments: [true, false])
    func aCancelledRunEndsItsInstancesOnlyWhenToldTo(_ stopsInstances: Bool) async throws {
        var bench = try Bench()
        bench.settings.stopInstancesOnExit = stopsInstances
        let settled = bench
        try await settled.cleaningUp {
            let host = try settled.host()
            let running = Task { try await host.run() }
            try await eventually("it answers") { await status(of: settled.socket, "/v1/report") == 200 }
            try await allReady(host)
            running.cancel()
            try await running.value
            #expect(await status(of: settled.socket, "/v1/report") == nil)
            let left = InstanceProcesses.running(inRunFolder: settled.folder.path)
            #expect(left.count == (stopsInstances ? 0 : 4))
        }
    }
}
