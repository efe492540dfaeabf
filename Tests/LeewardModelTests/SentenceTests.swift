import Foundation
import LeewardModel
import Testing

@Suite struct SentenceTests {
    private static let number = 7
    private static let unwritten = Sentence { "\(Self.number) of 9" }

    @Test func twoSentencesAreEqualWhereTheirWordsAre() {
        #expect(Self.unwritten == Sentence("7 of 9"))
        #expect(Self.unwritten.hashValue == Sentence("7 of 9").hashValue)
        #expect(Self.unwritten != Sentence { "8 of 9" })
    }

    @Test func anEvidenceIsSavedAndReadWithItsWordsWhetherOrNotTheyWereWritten() throws {
        let evidence = Evidence(.server, weight: 0.25, saying: Self.unwritten)
        let data = try JSONEncoder().encode(evidence)
        let fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(fields["sentence"] as? String == "7 of 9")
        #expect(fields.keys.sorted() == ["kind", "sentence", "weight"])
        #expect(try JSONDecoder().decode(Evidence.self, from: data) == evidence.written)
    }

    @Test func aVerdictIsSavedWithItsReason() throws {
        let verdict = RegionVerdict(
            region: "a",
            health: .sick,
            isUnreachable: false,
            saying: Self.unwritten,
            evidence: []
        )
        let data = try JSONEncoder().encode(verdict)
        let fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(fields.keys.sorted() == ["evidence", "health", "isUnreachable", "reason", "region"])
        #expect(try JSONDecoder().decode(RegionVerdict.self, from: data).reason == "7 of 9")
    }
}
