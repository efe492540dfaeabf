import Foundation
import Glibc
import LeewardTestKit
import Testing

@testable import LeewardProcesses

@Suite("Starting and stopping programs")
struct SpawnTests {
    @Test func anEndedChildIsDeadAndLeavesNoZombie() async throws {
        let handle = try Spawn.start("true", [])
        #expect(await Spawn.ended(handle, within: .seconds(10)))
        #expect(ProcessStat.read(handle.pid) == nil)
    }

    @Test func anotherProcessWithTheSameIdIsNotMistakenForIt() async throws {
        let handle = try Spawn.start("sleep", ["60"])
        let earlier = ProcessHandle(pid: handle.pid, startTicks: handle.startTicks - 1)
        #expect(!Spawn.isAlive(earlier))
        #expect(!Spawn.signal(earlier, SIGKILL))
        await Spawn.stop(earlier, graceful: .seconds(1))
        #expect(Spawn.isAlive(handle))
        await Spawn.stop(handle, graceful: .seconds(5))
        #expect(!Spawn.isAlive(handle))
    }

    @Test func aProcessThatIgnoresTheRequestIsKilled() async throws {
        let handle = try Spawn.start("env", ["--ignore-signal=TERM", "sleep", "60"])
        try await eventually("env became sleep") {
            (try? String(contentsOfFile: "/proc/\(handle.pid)/comm", encoding: .utf8)) == "sleep\n"
        }
        Spawn.signal(handle, SIGTERM)
        #expect(Spawn.isAlive(handle))
        await Spawn.stop(handle, graceful: .milliseconds(50))
        #expect(!Spawn.isAlive(handle))
    }

    @Test func stoppingGoesOnAfterTheCallerWasCancelled() async throws {
        let handle = try Spawn.start("sleep", ["60"])
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await Spawn.stop(handle, graceful: .seconds(5))
        }
        await task.value
        #expect(!Spawn.isAlive(handle))
    }

    @Test func theChildInheritsNoDescriptorOfOurs() async throws {
        let folder = try TemporaryFolder()
        var inheritable: [Int32] = [-1, -1]
        #expect(pipe(&inheritable) == 0)
        defer { for file in inheritable { close(file) } }
        let handle = try Spawn.start("ls", ["/proc/self/fd"], log: folder.file("log"))
        #expect(await Spawn.ended(handle, within: .seconds(10)))
        let listed = try String(contentsOfFile: folder.file("log"), encoding: .utf8).split(separator: "\n")
        // The fourth is the folder that ls itself reads.
        #expect(listed == ["0", "1", "2", "3"])
    }

    @Test func theChildGetsTheEnvironmentFolderAndSessionItWasGiven() async throws {
        let folder = try TemporaryFolder()
        let inside = try folder.folder("inside")
        let handle = try Spawn.start(
            "env",
            [],
            environment: ["B": "2", "A": "1"],
            log: folder.file("log")
        )
        #expect(await Spawn.ended(handle, within: .seconds(10)))
        #expect(try String(contentsOfFile: folder.file("log"), encoding: .utf8) == "A=1\nB=2\n")
        let sleeper = try Spawn.start("sleep", ["60"], workingDirectory: inside)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(sleeper.pid)/cwd") == inside)
        #expect(getsid(sleeper.pid) == sleeper.pid)
        await Spawn.stop(sleeper)
    }

    @Test func aMissingProgramIsAnErrorThatNamesIt() {
        #expect {
            try Spawn.start("/nowhere/program", [])
        } throws: { error in
            "\(error)".contains("/nowhere/program")
        }
    }
}
