import LeewardModel
import Testing

@testable import LeewardEngine

@Suite struct StockTests {
    private static func instance(_ name: InstanceID, _ service: ServiceID, _ membership: Membership = .live)
        -> InstanceReport
    {
        InstanceReport(
            id: name,
            service: service,
            membership: membership,
            state: .ready,
            address: "127.0.0.1:1",
            digest: "v1"
        )
    }

    @Test func onlyLiveReadyAndLoadedInstancesCount() {
        var stock = Stock()
        var cold = Self.instance("i4", "play")
        cold.state = .starting
        let listing = [
            Self.instance("i1", "play"), Self.instance("i2", "browse"), Self.instance("i3", "play", .shadow), cold,
            Self.instance("i5", "play"),
        ]
        let isNews = stock.take(listing: listing)
        #expect(isNews && stock.ready == nil)
        stock.take(endpoints: ["browse": [], "play": ["i1", "i3", "i4"]])
        #expect(stock.ready == ["browse": 0, "play": 1])
        #expect(stock.byService["play"]?.map(\.id) == ["i1", "i3", "i4", "i5"])
        // A proxy that no longer answers has nothing that anybody could count on.
        stock.take(endpoints: nil)
        #expect(stock.ready == nil)
    }

    @Test func theSameListingAgainIsNoNews() {
        var stock = Stock()
        stock.take(endpoints: ["play": ["i1", "i2"]])
        let isFirst = stock.take(listing: [Self.instance("i1", "play")])
        let isAgain = stock.take(listing: [Self.instance("i1", "play")])
        let isOther = stock.take(listing: [Self.instance("i1", "play"), Self.instance("i2", "play")])
        #expect(isFirst && !isAgain && isOther)
        #expect(stock.ready == ["play": 2])
    }

    @Test func endpointsInAnyOrderAreFound() {
        var stock = Stock()
        let names = (0..<40).map { InstanceID("i\($0)") }
        _ = stock.take(listing: names.map { Self.instance($0, "play") })
        stock.take(endpoints: ["play": names.dropFirst(3).reversed()])
        #expect(stock.ready == ["play": 37])
    }
}
