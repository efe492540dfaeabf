import Foundation

// A development tool: the product's own pure rooms, measured by yardsticks from outside. Never installed.
let arguments = Array(CommandLine.arguments.dropFirst())
let usage = """
    usage: leeward-yardstick detect                             rows and ticks on stdin, events on stdout
           leeward-yardstick detect-speed SERIES               milliseconds of one tick (see Benchmarks/detection)
           leeward-yardstick forecast PAIR.csv.gz CAPS.json     prediction rows on stdout
           leeward-yardstick forecast-speed MATRIX POINTS       seconds and bytes (see Benchmarks/forecast)
           leeward-yardstick simulate-speed FILE [SERVICES...]  evacuations per second (see Benchmarks/simulation)
           leeward-yardstick fleet-years N [--seed S]           decisions in N simulated years of fleets, and which were wrong
    """

do {
    switch (arguments.first, arguments.count) {
    case ("simulate-speed", _): try SimulateSpeed.run(Array(arguments.dropFirst()))
    case ("fleet-years", _): FleetYears.run(Array(arguments.dropFirst()))
    case ("detect", 1): Detect.run()
    case ("detect-speed", 2): DetectSpeed.run(series: Int(arguments[1]) ?? 10_000)
    case ("forecast", 3): try ForecastYardstick.run(pair: arguments[1], capacities: arguments[2])
    case ("forecast-speed", 3): try ForecastSpeed.run(matrix: arguments[1], points: arguments[2])
    default:
        FileHandle.standardError.write(Data((usage + "\n").utf8))
        exit(2)
    }
} catch {
    FileHandle.standardError.write(Data("leeward-yardstick: \(error)\n".utf8))
    exit(1)
}
