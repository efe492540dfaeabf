import LeewardModel
import Testing

@testable import LeewardPrometheus

/// What the adapter makes of text, without any store.
@Suite struct ParsingTests {
    @Test func numbersThatAreNoNumbersArePassedOn() throws {
        let body = """
            {"status":"success","data":{"resultType":"matrix","result":[{"metric":{"region":"a"},"values":\
            [[1521676800.25,"NaN"],[1521676805,"+Inf"],[1521676810,"-Inf"],[1521676815,"1.5e3"]]}]}}
            """
        let series = try StoreAnswer.matrix(Array(body.utf8))
        let points = try #require(series.first).points
        #expect(points[0].value.isNaN)
        #expect(points[0].time == WallTime(milliseconds: 1_521_676_800_250))
        #expect(points[1].value == .infinity)
        #expect(points[2].value == -.infinity)
        #expect(points[3].value == 1500)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{\"status\":\"success\"}", "{\"status\":\"error\",\"error\":\"no\"}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"values\":[[1,\"x\"]]}]}}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"values\":[[1e300,\"1\"]]}]}}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"values\":[[1,2]]}]}}",
        "{\"status\":\"success\",\"isPartial\":true,\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
        "{\"status\":\"success\",\"warnings\":[\"w\"],\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
        String(repeating: "[", count: 100_000),
    ])
    func damagedOrPartialAnswersAreErrors(body: String) {
        #expect(throws: StoreError.self) { try StoreAnswer.matrix(Array(body.utf8)) }
    }

    @Test func bothShapesOfANumberAreRead() throws {
        let scalar = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[5,\"7.5\"]}}"
        let vector =
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[5,\"7.5\"]}]}}"
        #expect(try StoreAnswer.number(Array(scalar.utf8)) == 7.5)
        #expect(try StoreAnswer.number(Array(vector.utf8)) == 7.5)
    }

    @Test(
        arguments: [
            ("sum by (region) (rate(good_total[$window]))", "good_total"),
            ("sum(rate(good_total{job=\"edge\"}[$window])) by (region)", "good_total{job=\"edge\"}"),
            ("sum(rate({__name__=~\"a|b\",x=\"}{\"} [$window]))", "{__name__=~\"a|b\",x=\"}{\"}"),
            ("rate(ns:good:total{a='q\\'{'}[$window])", "ns:good:total{a='q\\'{'}"),
            ("increase(good_total[5m])", nil), ("max_over_time((a - b)[$window:1s])", nil), ("(a)[$window]", nil),
        ] as [(String, String?)]
    )
    func theSelectorIsFoundOrNotGuessed(text: String, selector: String?) {
        #expect(Expression(text: text).selector == selector)
    }

    @Test func windowsAreFilledInMilliseconds() {
        let expression = Expression(text: "rate(a[$window]) + rate(b[$window])")
        #expect(expression.filled(.seconds(5)) == "rate(a[5000ms]) + rate(b[5000ms])")
    }

    @Test func queriesAreEncodedWhole() {
        #expect(Store.encoded("a{b=\"c d\"}[5s]&+é~") == "a%7Bb%3D%22c%20d%22%7D%5B5s%5D%26%2B%C3%A9~")
    }

    @Test func aBucketWithoutRawSamplesOrWithHalfOfTheSeriesIsLeftOut() {
        let sample = { (second: Int64) in
            Sample(signal: .served, region: "a", time: WallTime(milliseconds: second * 1000), value: 0)
        }
        let point = { (second: Int64, count: Double) in
            StorePoint(time: WallTime(milliseconds: second * 1000), value: count)
        }
        let coverage = [StoreSeries(labels: ["region": "a"], points: [point(5, 4), point(10, 2), point(20, 3)])]
        let kept = Reading.covered([sample(5), sample(10), sample(15), sample(20)], by: coverage)
        #expect(kept.map(\.time.milliseconds) == [5000, 20_000])
    }

    @Test func unknownRegionsAreLeftOutAndUnsummedSeriesAreAnError() throws {
        let reading = Reading(signal: .served, regions: ["a"], services: [])
        let series = { (region: String) in
            StoreSeries(labels: ["region": region], points: [.init(time: WallTime(milliseconds: 0), value: 1)])
        }
        #expect(try reading.samples([series("a"), series("b")]).map(\.region) == ["a"])
        #expect(throws: StoreError.self) { try reading.samples([series("a"), series("a")]) }
    }

    @Test func kindsOfClientsAreReadByTheirLabelAndNotTooMany() throws {
        let reading = Reading(signal: .clients, regions: ["a"], services: [])
        func series(_ labels: [String: String]) -> StoreSeries {
            StoreSeries(labels: labels, points: [.init(time: WallTime(milliseconds: 0), value: 1)])
        }
        let kinds = ["phone", "television"].map { series(["region": "a", "client": $0]) }
        #expect(try reading.samples(kinds).map(\.service) == ["phone", "television"])
        #expect(throws: StoreError.self) { try reading.samples([series(["region": "a"])]) }
        let many = (0...Reading.mostClients).map { series(["region": "a", "client": "kind-\($0)"]) }
        #expect(throws: StoreError.self) { try reading.samples(many) }
    }

    /// Over weeks the number of series changes with every deploy; only the buckets just before say what is usual.
    @Test func aLongRangeIsCoveredByWhatWasUsualJustBefore() {
        func at(_ minute: Int64) -> WallTime { WallTime(milliseconds: minute * 60_000) }
        var counts = (0..<40).map { StorePoint(time: at($0), value: $0 < 20 ? 8 : 4) }
        counts[10].value = 5
        counts[11].value = 6
        counts.remove(at: 35)
        let coverage = Coverage([StoreSeries(labels: ["region": "a"], points: counts)])
        let samples = (0..<40).map { Sample(signal: .served, region: "a", time: at($0), value: 0) }
        let kept = coverage.covered(samples, reach: .minutes(11)).map { $0.time.milliseconds / 60_000 }
        let lost = (0..<40).filter { !kept.contains($0) }
        #expect(lost == [10] + Array(20...30) + [35], "half is too few until it is what is usual")
        #expect(coverage.covered(from: at(30), reach: .minutes(11)) == 8)
        #expect(
            coverage.covered([.init(signal: .served, region: "b", time: at(1), value: 1)], reach: .minutes(11)).isEmpty
        )
    }
}
