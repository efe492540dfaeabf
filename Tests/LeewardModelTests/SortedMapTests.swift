import LeewardModel
import Testing

@Suite struct SortedMapTests {
    private static let full: SortedMap<String, Int> = ["a": 1, "b": 2, "c": 3, "d": 4]
    private static let others: [SortedMap<String, Int>] = [
        [:], ["a": 10, "b": 20, "c": 30, "d": 40], ["b": 20, "e": 50], ["a": 10, "d": 40],
    ]

    @Test(arguments: others) func walkingBesideAnotherMapGivesWhatLookingUpEachKeyGives(_ other: SortedMap<String, Int>)
    {
        let sums = Self.full.compactMapValues(beside: other) { key, value, found in
            #expect(other[key] == found)
            return found.map { value + $0 }
        }
        var expected = SortedMap<String, Int>()
        for (key, value) in Self.full { expected[key] = other[key].map { value + $0 } }
        #expect(sums == expected)
        #expect(sums.keys == expected.keys && sums.keys.count == sums.values.count)
    }

    @Test func changingTheValueOfAKeyWithADefaultAddsItWhereItBelongs() {
        var map = Self.full
        map["bb", default: 5] += 1
        map["a", default: 5] += 1
        map["e", default: 5] += 1
        #expect(map.keys == ["a", "b", "bb", "c", "d", "e"])
        #expect(map.values == [2, 2, 6, 3, 4, 6])
    }

    @Test func onlyAKeyThatIsThereIsChangedInItsPlace() {
        var map = Self.full
        #expect(map.update("c") { $0 = 30 })
        #expect(!map.update("x") { $0 = 30 })
        #expect(map.values == [1, 2, 30, 4])
    }

    @Test(arguments: others) func mergingGivesWhatSettingEachKeyGives(_ other: SortedMap<String, Int>) {
        var map: SortedMap<String, Int> = ["b": 2, "bb": 3, "d": 4]
        var expected = map
        for (key, value) in other { expected[key] = (expected[key] ?? 100) + value }
        map.merge(other) { ($0 ?? 100) + $1 }
        #expect(map == expected)
    }

    @Test func keysWithoutAValueAreLeftOutOfAMapOfOrderedKeys() {
        let keys = ["a", "b", "c"]
        let some: SortedMap<String, Int> = .init(ordered: keys, [1, nil, 3])
        let none: SortedMap<String, Int> = .init(ordered: keys, [nil, nil, nil])
        let all: SortedMap<String, Int> = .init(ordered: keys, [Optional(1), 2, 3])
        #expect(some == ["a": 1, "c": 3])
        #expect(none.isEmpty)
        #expect(all == ["a": 1, "b": 2, "c": 3])
    }
}
