import Testing

@testable import LeewardCommands

@Suite struct TableTests {
    @Test func columnsArePaddedButTheLastNeverIs() {
        let table = Table(["region", "health", "why"], [["us-east-1", "sick", "it is"], ["eu", "healthy", "x"]])
        #expect(
            table.lines == [
                "region     health   why",
                "us-east-1  sick     it is",
                "eu         healthy  x",
            ]
        )
    }

    @Test func aTableWithoutHeadingIsAListOfFacts() {
        #expect(Table([], [["fleet", "x"], ["verdict", "normal"]]).lines == ["fleet    x", "verdict  normal"])
    }
}
