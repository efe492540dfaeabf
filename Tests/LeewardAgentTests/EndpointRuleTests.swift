import LeewardModel
import Testing

@testable import LeewardAgent

/// Which instances become endpoints: live and ready ones, and never a dark one.
@Suite struct EndpointRuleTests {
    private let last: SortedMap<ServiceID, [LiveEndpoint]> = [
        "play": [.init(id: "p1", host: "127.0.0.1", port: 9), .init(id: "p2", host: "127.0.0.1", port: 9)]
    ]

    private func next(_ instances: [InstanceReport], isComplete: Bool = true) -> [InstanceID]? {
        let listing = CapacityReport(
            region: "us-east-1",
            sequence: 1,
            isComplete: isComplete,
            epoch: Epoch(0),
            isFrozen: false,
            floors: [:],
            instances: instances
        )
        return EndpointRule.next(self.last, listing: listing, services: ["play"])?["play"]?.map(\.id)
    }

    @Test func liveAndReadyInstancesAreEndpoints() {
        let found = self.next([
            instance("p1", of: "play"), instance("p3", of: "play"), instance("p4", of: "play", .live, .starting),
            instance("p5", of: "play", .live, .failed), instance("p6", of: "play", .shadow),
            instance("p7", of: "play", .none), instance("p8", of: "play", .quarantine), instance("b1", of: "browse"),
        ])
        #expect(found == ["p1", "p3"])
    }

    @Test func anEmptyOrIncompleteListingChangesNothing() {
        #expect(self.next([]) == nil)
        #expect(self.next([instance("p1", of: "play")], isComplete: false) == nil)
        #expect(self.next([instance("p1", of: "play", at: "somewhere")]) == nil)
    }

    @Test func theLastEndpointsStayWhenNoneIsReady() {
        #expect(self.next([instance("p1", of: "play", .live, .failed), instance("b1", of: "browse")]) == ["p1", "p2"])
        #expect(self.next([instance("b1", of: "browse")]) == ["p1", "p2"])
    }

    @Test func aDarkInstanceGoesEvenWhenNoneIsLeft() {
        #expect(self.next([instance("p1", of: "play", .shadow), instance("p2", of: "play", .none)]) == [])
    }

    @Test func anInstanceListedTwiceIsDarkWhereOneSaysSo() {
        #expect(
            self.next([instance("p1", of: "play"), instance("p1", of: "play", .shadow), instance("p2", of: "play")])
                == ["p2"]
        )
    }
}
