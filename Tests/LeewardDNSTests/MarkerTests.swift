import LeewardDNS
import LeewardModel
import Testing

@Suite struct MarkerTests {
    @Test func theMarkerHasTheDocumentedText() {
        #expect(ZoneMarker.text(mark(7, 3, "evac-1/publish/2")) == "v1 generation=7 epoch=3 key=evac-1/publish/2")
    }

    @Test func theTextIsReadBack() throws {
        let text = try #require(ZoneMarker.text(mark(.max, 0, "k=v")))
        #expect(ZoneMarker.read(text) == mark(.max, 0, "k=v"))
    }

    @Test(arguments: ["", "a b", "a\"b", "a\\b", "a;b", "é", "a\n", String(repeating: "k", count: 181)])
    func aKeyThatARecordCannotCarryHasNoText(_ key: String) {
        #expect(ZoneMarker.text(mark(1, 1, EffectKey(key))) == nil)
    }

    @Test(arguments: [
        "", "v1", "v2 generation=1 epoch=1 key=a", "v1 generation=1 epoch=1 key=", "v1 generation=-1 epoch=1 key=a",
        "v1 generation=01 epoch=1 key=a", "v1 epoch=1 generation=1 key=a", "v1 generation=1 epoch=1 key=a b",
        "v1  generation=1 epoch=1 key=a", "v1 generation=9223372036854775808 epoch=1 key=a",
        "v1 generation=+1 epoch=1 key=a",
    ])
    func anyOtherTextIsNoMarker(_ text: String) {
        #expect(ZoneMarker.read(text) == nil)
    }
}
