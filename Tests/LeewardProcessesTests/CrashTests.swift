import Foundation
import Glibc
import LeewardHTTP
import LeewardModel
import LeewardProviders
import LeewardTestKit
import Testing

@testable import LeewardProcesses

@Suite("A host that was killed")
struct CrashTests {
    @Test func killedBetweenDetachAndAttachItFindsItsInstancesAndListsTheOrphans() async throws {
        let bench = try Bench()
        try await bench.cleaningUp {
            // A process of its own runs the host and dies by SIGKILL right after the detach was answered.
            await #expect(processExitsWith: .signal(SIGKILL)) { [settings = bench.settings as HostSettings] in
                let host = try ProcessHost(settings)
                try await host.start()
                try await allReady(host)
                let dark = await host.capacityReport().ids(.shadow)
                let fence = Fence(epoch: Epoch(3), key: "detach")
                let port = ProcessCapacity(region: settings.region, at: .unix(path: settings.socket))
                let outcome = await port.detach(dark, of: "play", from: .shadow, fence: fence)
                if outcome == .done { kill(getpid(), SIGKILL) }
            }
            let left = InstanceProcesses.running(inRunFolder: bench.folder.path)
            #expect(left.count == 4)
            let host = try bench.host()
            try await host.start()
            let report = await host.capacityReport()
            #expect(report.epoch == Epoch(3))
            #expect(report.ids(.none) == ["us-east-1-play-3", "us-east-1-play-4"])
            #expect(report.ids(.live).count == 2)
            #expect(report.instances.allSatisfy { $0.state == .ready })
            #expect(InstanceProcesses.running(inRunFolder: bench.folder.path) == left)
            // The same key is known; the attach goes on where the crash cut it off.
            let orphans = report.ids(.none)
            #expect(await host.apply(.test(3, "detach", .detach(orphans, from: .shadow))) == .done)
            #expect(await host.apply(.test(3, "attach", .attach(orphans, to: .live))) == .done)
            #expect(await host.appliedEffects.map(\.fence.key) == ["detach", "attach"])
            #expect(await host.capacityReport().ids(.live).count == 4)
            await host.stop()
        }
    }

    @Test func processesThatItStartedButDidNotRecordAreFoundAndNotStartedTwice() async throws {
        let bench = try Bench()
        try await bench.cleaningUp {
            var state = HostState(region: "us-east-1", incarnation: 0)
            try await bench.restarted { host in
                try await allReady(host)
                state = await host.state
            }
            let before = InstanceProcesses.running(inRunFolder: bench.folder.path)
            // What is on disk when a host dies between starting processes and writing their ids.
            for index in state.instances.indices { state.instances[index].process = nil }
            try HostStateFile(path: bench.settings.stateFile).save(state)
            try await bench.restarted { host in
                #expect(await host.capacityReport().instances.allSatisfy { $0.state == .ready })
                #expect(InstanceProcesses.running(inRunFolder: bench.folder.path) == before)
            }
        }
    }

    @Test func reportsOfARestartedHostAreNewerThanThoseBefore() async throws {
        let bench = try Bench()
        try await bench.cleaningUp {
            var last: Int64 = 0
            for _ in 0..<3 {
                try await bench.restarted { host in
                    let sequence = await host.capacityReport().sequence
                    #expect(sequence > last)
                    last = sequence
                }
            }
        }
    }
}

extension Bench {
    /// A host on this folder for the time of the block; its instances stay.
    func restarted(_ body: (ProcessHost) async throws -> Void) async throws {
        let host = try self.host()
        try await host.start()
        do {
            try await body(host)
        } catch {
            await host.stop()
            throw error
        }
        await host.stop()
    }

}
