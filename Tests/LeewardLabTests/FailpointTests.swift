import Foundation
import LeewardFailpoints
import Testing

@testable import LeewardLab

@Suite struct FailpointTests {
    private static func folder() throws -> FailpointFolder {
        let path = FileManager.default.temporaryDirectory.appending(path: "leeward-points-\(UUID().uuidString)").path
        let folder = FailpointFolder(path: path)
        try folder.prepare()
        return folder
    }

    @Test func everyPointHasANameOfItsOwnThatIsReadBack() {
        let names = Failpoint.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Failpoint.allCases.map { Failpoint(name: $0.name) } == Failpoint.allCases)
        #expect(Failpoint(name: "journal") == nil)
    }

    @Test func theDrillsOfTheLabMeetEveryPointOnce() {
        let met = FailpointChaos.whole.flatMap(\.points)
        #expect(met.count == Failpoint.allCases.count)
        #expect(Set(met) == Set(Failpoint.allCases))
        #expect(FailpointChaos.few.points.allSatisfy { Failpoint.allCases.contains($0) })
    }

    @Test func anArmedPointIsTakenAwayOnce() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        #expect(folder.armed == [])
        try folder.arm(.at(.journalCommit))
        try folder.arm(.call(.attach, .flies))
        #expect(folder.armed == [.at(.journalCommit), .call(.attach, .flies)])
        #expect(folder.disarm(.at(.journalCommit)))
        #expect(!folder.disarm(.at(.journalCommit)))
        #expect(folder.armed == [.call(.attach, .flies)])
        #expect(folder.passed == [:] && folder.deaths == [])
    }

    /// This process has not set the variable: nothing is noted, and nobody dies.
    @Test func withoutTheVariableAPointIsPassedUnseen() {
        #expect(Failpoints.activeFolder == nil)
        for point in Failpoint.allCases { Failpoints.pass(point) }
    }
}
