import LeewardDNS
import Testing

@Suite struct NameTests {
    @Test func caseAndTrailingDotMakeNoDifference() throws {
        #expect(try name("US-East.Lab.Test.") == name("us-east.lab.test"))
    }

    @Test(arguments: ["", ".", "a..b", ".a", "a b", "a\\b", "é.test", String(repeating: "a", count: 64) + ".test"])
    func textThatIsNoNameIsRefused(_ text: String) {
        #expect(DNSName(text) == nil)
    }

    @Test func aNameHasAtMost255Bytes() {
        let label = String(repeating: "a", count: 61)
        let longest = [label, label, label, label].joined(separator: ".")
        // Four labels take 248 bytes, the closing root one: six are left, the last label's length byte among them.
        #expect(DNSName(longest + ".abcde") != nil)
        #expect(DNSName(longest + ".abcdef") == nil)
    }

    @Test func onlyNamesBelowTheZoneAreInsideIt() throws {
        let zone = try name("lab.test")
        #expect(try name("lab.test").isInside(zone))
        #expect(try name("a.b.lab.test").isInside(zone))
        #expect(try !name("alab.test").isInside(zone))
        #expect(try !name("test").isInside(zone))
    }

    @Test func strangeBytesCannotBreakALogLine() {
        #expect(DNSName(labels: [[10, 65, 46]])?.description == "\\010a\\046")
    }

    @Test(arguments: ["1.2.3", "1.2.3.4.5", "01.2.3.4", "256.0.0.1", "1.2.3.-4", "1.2.3.4 ", "a.b.c.d", "+1.2.3.4"])
    func textThatIsNoAddressIsRefused(_ text: String) {
        #expect(IPv4(text) == nil)
    }

    @Test(arguments: ["0.0.0.0", "127.0.1.3", "255.255.255.255"])
    func addressesKeepTheirText(_ text: String) {
        #expect(IPv4(text)?.description == text)
    }

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "localhost:53", ":53", "127.0.0.1:x",
    ])
    func aServerIsALiteralAddressWithAPort(_ text: String) {
        #expect(DNSServerAddress(text) == nil)
    }

    @Test(arguments: ["127.0.0.1:53", "[::1]:5353"])
    func serverAddressesKeepTheirText(_ text: String) {
        #expect(DNSServerAddress(text)?.description == text)
    }
}
