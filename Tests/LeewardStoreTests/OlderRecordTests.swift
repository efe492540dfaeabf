import Foundation
import LeewardEngine
import LeewardModel
import Testing

/// Records as older versions wrote them: a journal outlives the program.
@Suite struct OlderRecordTests {
    private static func decode(_ text: String) throws -> Record {
        try JSONDecoder().decode(Record.self, from: Data(text.utf8))
    }

    private static func again(_ record: Record) throws -> Record {
        try JSONDecoder().decode(Record.self, from: try JSONEncoder().encode(record))
    }

    @Test func aVerdictWithoutEvidenceIsStillRead() throws {
        let old = try Self.decode(
            #"{"verdict":{"_0":{"regional":{"_0":"us-east-1"}},"reason":"it dips","classes":["business","server"]}}"#
        )
        #expect(old == .verdict(.regional("us-east-1"), reason: "it dips", classes: [.business, .server]))
    }

    @Test func evidenceComesBackAsItWasWritten() throws {
        let evidence = [
            Evidence(.server, weight: 0.31, sentence: "12 of 600"), Evidence(.probe, weight: -0.1, sentence: "good"),
        ]
        let record = Record.verdict(.unknown, reason: "r", classes: [.server], evidence: ["us-east-1": evidence])
        #expect(try Self.again(record) == record)
    }

    @Test func aHoldThatNamesNoSaviorIsStillRead() throws {
        let old = try Self.decode(#"{"held":{"_0":"e1","reason":"no proof (S07)"}}"#)
        #expect(old == .held("e1", reason: "no proof (S07)"))
        let record = Record.held("e1", reason: "no better (S08)", failed: ["eu-west-1"])
        #expect(try Self.again(record) == record)
    }

    @Test func anEvacuationWithoutEvidenceAndSignatureIsStillRead() throws {
        let plan = #"""
            {"evacuee":"us-east-1","saviors":{},"baseline":{},"baselineEntries":{},"ladder":[10000],"final":10000,
            "publishes":true,"arrivals":{},"abandoned":[]}
            """#
        let old = try Self.decode(
            #"""
            {"opened":{"_0":{"id":"e1","origin":{"verdict":{"_0":"it dips"}},"isPlanned":false,"isDNSOnly":false,
            "plan":\#(plan),"phase":"relieving","openedAt":1,"phaseSince":1,"points":0,"isReturning":false,
            "ending":"done","hasPublished":false,"evacueeGood":0.5,"injected":{},"startTargets":{},
            "isWithdrawing":false,"isThawing":false,"floors":{}},"findings":[]}}
            """#
        )
        guard case .opened(let evacuation, _) = old else {
            Issue.record("another record: \(old)")
            return
        }
        #expect(evacuation.id == "e1" && evacuation.evidence == nil && evacuation.signature == nil)
    }
}
