import LeewardModel
import Testing

@testable import LeewardEngine

/// The lease by itself: what it says about the right to act, and when.
@Suite struct LeaseTests {
    private static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    private static func lease(drift: Int64 = LeaseSettings.usualDrift) throws -> Lease {
        Lease(
            name: "controller-1",
            settings: try LeaseSettings(ttl: .seconds(10), callTimeout: .seconds(2), drift: drift)
        )
    }

    /// Asked for at 1 s, granted at 1.5 s.
    private static func leading() throws -> Lease {
        var lease = try Self.lease()
        #expect(lease.pass(to: Self.at(1000)) == [.campaign(number: 1)])
        #expect(lease.take(.granted(number: 1, term: 7), at: Self.at(1500)).isEmpty)
        return lease
    }

    @Test func aLeaseTooShortForItsCallsIsRefusedWithTheLeastThatWorks() throws {
        let problem = #expect(throws: LeaseProblem.self) {
            _ = try LeaseSettings(ttl: .seconds(5), callTimeout: .seconds(2))
        }
        #expect(problem?.description.contains("make it 6 s or more") == true)
        #expect(throws: LeaseProblem.self) {
            _ = try LeaseSettings(ttl: .seconds(10), callTimeout: .seconds(2), drift: 500_000)
        }
        #expect(try LeaseSettings(ttl: .seconds(10), callTimeout: .seconds(2)).allowance == .milliseconds(11))
    }

    @Test func nobodyActsBeforeTheGrant() throws {
        var lease = try Self.lease()
        #expect(!lease.mayAct(at: Self.at(1000)))
        _ = lease.pass(to: Self.at(1000))
        #expect(lease.role == .candidate && !lease.mayAct(at: Self.at(1001)))
        _ = lease.take(.refused(number: 1), at: Self.at(1010))
        #expect(lease.role == .follower && lease.term == nil)
    }

    @Test func theLeaseIsCountedFromBeforeTheRequestWasSent() throws {
        let lease = try Self.leading()
        #expect(lease.role == .leader(term: 7))
        #expect(lease.endsAt == Self.at(1000 + 10_000 - 11))
        #expect(lease.mayAct(at: Self.at(8988)) && !lease.mayAct(at: Self.at(8989)))
    }

    @Test func tooLittleForACallStepsDownAndARenewalBringsItBack() throws {
        var lease = try Self.leading()
        #expect(lease.pass(to: Self.at(4400)) == [.renew(number: 2, term: 7)])
        #expect(lease.pass(to: Self.at(9500)) == [.renew(number: 3, term: 7)])
        #expect(lease.role == .steppingDown(term: 7) && !lease.mayAct(at: Self.at(9500)))
        _ = lease.take(.renewed(number: 3, term: 7), at: Self.at(9600))
        #expect(lease.role == .leader(term: 7))
        #expect(lease.endsAt == Self.at(9500 + 10_000 - 11))
    }

    @Test func anUnknownRenewalIsNoRenewal() throws {
        var lease = try Self.leading()
        _ = lease.pass(to: Self.at(4400))
        _ = lease.take(.unknown(number: 2), at: Self.at(4500))
        #expect(lease.endsAt == Self.at(10_989))
        _ = lease.pass(to: Self.at(10_989))
        #expect(lease.role == .follower && !lease.mayAct(at: Self.at(10_989)))
    }

    @Test func aLateGrantCountsFromItsRequestAndOneThatIsTooLateIsGivenBack() throws {
        var lease = try Self.lease()
        _ = lease.pass(to: Self.at(1000))
        #expect(lease.pass(to: Self.at(3000)).isEmpty, "an unheard grant would keep all others out")
        #expect(lease.role == .follower)
        var late = lease
        #expect(lease.take(.granted(number: 1, term: 3), at: Self.at(5000)).isEmpty)
        #expect(lease.role == .leader(term: 3) && lease.endsAt == Self.at(10_989))
        _ = late.pass(to: Self.at(11_000))
        #expect(late.take(.granted(number: 1, term: 3), at: Self.at(11_001)) == [.release(term: 3)])
        #expect(late.term == nil)
    }

    @Test func newsOfAnotherTermTakeNothingAndGiveNothing() throws {
        var lease = try Self.leading()
        _ = lease.take(.lost(term: 6), at: Self.at(2000))
        #expect(lease.role == .leader(term: 7))
        _ = lease.pass(to: Self.at(4400))
        _ = lease.take(.renewed(number: 2, term: 8), at: Self.at(4500))
        #expect(lease.endsAt == Self.at(10_989))
        _ = lease.take(.lost(term: 7), at: Self.at(4600))
        #expect(lease.role == .follower)
    }

    @Test func epochsRiseWithTheTermAndWithEachStartInIt() {
        let single = Epoch(41)
        #expect(single.term == 0)
        let first = single.following(in: 3)
        #expect(first == Epoch(term: 3, start: 1) && first > single && first.term == 3)
        #expect(first.following(in: 3) == Epoch(term: 3, start: 2))
        #expect(first.following(in: 3).following(in: 4) == Epoch(term: 4, start: 1))
        #expect(first.following(in: 2) > first, "a term that is lower than the last can only mean a new store")
    }

    /// A store with a clock that runs within the drift, answers that come late, double or never, and requests that are lost.
    @Test func whoMayActAlwaysHoldsTheLeaseForLongerThanACall() throws {
        var acted = 0
        for seed: Int64 in 0..<200 {
            var draws: UInt64 = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15
            func draw(_ bound: Int64) -> Int64 {
                draws = draws &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int64((draws >> 33) % UInt64(bound))
            }
            var lease = try Self.lease()
            let fast = draw(1001)
            var endsAt: Int64 = 0
            var term: Int64 = 0
            var late: [(at: Int64, news: LeaseNews)] = []
            for step: Int64 in 1...600 {
                let now = step * 100
                // The store's clock is ahead by up to the drift of what has passed since a request came.
                if lease.mayAct(at: Self.at(now)) {
                    acted += 1
                    #expect(endsAt - now > 2000, "seed \(seed) at \(now): \(endsAt - now) ms are left")
                }
                var news = late.filter { $0.at <= now }.map(\.news)
                late.removeAll { $0.at <= now }
                var asks = lease.pass(to: Self.at(now))
                while let next = news.popLast() { asks += lease.take(next, at: Self.at(now)) }
                for ask in asks where draw(4) > 0 {
                    let length = 10_000 - 10_000 * fast / 1_000_000
                    let heardAt = now + draw(50)
                    let answer: LeaseNews
                    switch ask {
                    case .campaign(let number):
                        if heardAt < endsAt {
                            answer = .refused(number: number)
                        } else {
                            term += 1
                            endsAt = heardAt + length
                            answer = .granted(number: number, term: term)
                        }
                    case .renew(let number, let asked):
                        if asked == term, heardAt < endsAt {
                            endsAt = heardAt + length
                            answer = .renewed(number: number, term: term)
                        } else {
                            answer = .lost(term: asked)
                        }
                    case .release(let asked):
                        if asked == term { endsAt = min(endsAt, heardAt) }
                        continue
                    }
                    if draw(5) > 0 { late.append((heardAt + draw(3000), answer)) }
                }
            }
        }
        #expect(acted > 10_000)
    }
}
