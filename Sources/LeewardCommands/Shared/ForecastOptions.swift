import ArgumentParser
import LeewardEngine
import LeewardFleetFile
import LeewardForecast
import LeewardModel
import LeewardPrometheus
import LeewardProviders

/// A length of time on the command line: `36h` or `14d`.
struct SpanArgument: ExpressibleByArgument, Hashable, Sendable {
    var span: Span
    var defaultValueDescription: String { self.text }

    init(days: Int64) { self.span = .days(days) }

    init?(argument: String) {
        guard let unit = argument.last, let count = Int64(argument.dropLast()), (1...10_000).contains(count) else {
            return nil
        }
        switch unit {
        case "h": self.span = .hours(count)
        case "d": self.span = .days(count)
        default: return nil
        }
    }

    var text: String {
        let hours = self.span.milliseconds / Span.hours(1).milliseconds
        return hours % 24 == 0 ? "\(hours / 24)d" : "\(hours)h"
    }
}

/// `GEOGRAPHY=RPS` on the command line.
struct ArrivalArgument: ExpressibleByArgument, Hashable, Sendable {
    var geography: GeographyID
    var rate: Double

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let rate = Double(parts[1]), rate.isFinite, rate > 0 else {
            return nil
        }
        self.geography = GeographyID(String(parts[0]))
        self.rate = rate
    }
}

/// What looking back needs: the fleet file, and how much of the store's load is read.
struct ForecastOptions: ParsableArguments {
    @Option(name: [.customLong("file"), .customLong("fleet")], help: "The fleet file.", completion: .file())
    var file: String
    @Option(help: ArgumentHelp("How much load is read, 9d to 366d.", valueName: "span"))
    var history = SpanArgument(days: 28)
    @Option(
        help: ArgumentHelp(
            "What enters from a geography, in requests per second; may be repeated.",
            discussion: "Without it, the geographies of one region count alike.",
            valueName: "geography=rps"
        )
    )
    var arrivals: [ArrivalArgument] = []
    @Option(help: ArgumentHelp("The part of the outcomes that may need more, 0.01 to 0.3.", valueName: "part"))
    var risk = 0.1

    func validate() throws {
        guard (Span.days(9)...Span.days(366)).contains(self.history.span) else {
            throw ValidationError("--history is \(self.history.text); allowed is 9d to 366d")
        }
        guard (0.01...0.3).contains(self.risk) else {
            throw ValidationError("--risk is \(self.risk); allowed is 0.01 to 0.3")
        }
    }

    /// The fleet that the file describes, or the end of the program.
    func fleet() throws(Failure) -> Fleet {
        do throws(FleetFileError) { return try FleetFile.load(path: self.file) } catch {
            throw Failure(.failed, error.description)
        }
    }

    /// Every evacuation that the fleet file plans.
    func cases(_ fleet: Fleet) throws(Failure) -> EvacuationCases {
        var arrivals = SortedMap<GeographyID, Double>()
        for arrival in self.arrivals {
            guard fleet.geographies[arrival.geography] != nil else {
                let known = Words.list(fleet.geographies.keys)
                throw Failure(
                    .usage,
                    "--arrivals: \(arrival.geography) is no geography of \(self.file); allowed: \(known)"
                )
            }
            arrivals[arrival.geography] = arrival.rate
        }
        let cases = EvacuationCases(fleet: fleet, arrivals: arrivals)
        guard !cases.all.isEmpty else {
            throw Failure(.failed, "\(self.file) plans no evacuation: \(cases.notes.joined(separator: "; "))")
        }
        return cases
    }

    /// The load in the store, or the end of the program where there is too little of it.
    func load(_ fleet: Fleet) async throws(Failure) -> LoadHistory {
        let signals = PrometheusSignals(fleet: fleet)
        let now: WallTime
        do throws(ProviderError) { now = try await signals.clock() } catch {
            throw Failure(
                .unreachable,
                "\(error); see that it runs and that `signals.prometheus` in \(self.file) names it"
            )
        }
        let step = RegionForecaster.step
        // The newest minute may not have been scraped yet.
        let whole = (now - .minutes(1)).milliseconds / step.milliseconds * step.milliseconds
        let end = WallTime(milliseconds: whole)
        let start = end - self.history.span
        let samples: [Sample]
        do throws(ProviderError) { samples = try await signals.load(after: start, through: end) } catch {
            throw Failure(.failed, "\(error); try `signals.load` of \(self.file) in the store by hand")
        }
        let history = LoadHistory(samples, regions: fleet.regions.keys, after: start, through: end)
        if let problem = history.problem {
            throw Failure(.failed, "metrics store \(fleet.signals.prometheus): \(problem)")
        }
        return history
    }

    /// A forecaster that knows what an instance carries, and nothing else yet.
    func forecaster(_ fleet: Fleet, _ cases: EvacuationCases) -> EvacuationForecaster {
        var forecaster = EvacuationForecaster(cases: cases.all, risk: self.risk)
        for (service, spec) in fleet.services {
            let carries = InstanceCapacity(
                requestsPerSecond: Double(spec.instanceCapacity),
                limit: fleet.limits.saviorLimit
            )
            for region in fleet.regions.keys { forecaster.setCapacity(carries, of: service, in: region) }
        }
        return forecaster
    }
}

/// `--output json`, or `--json` for short.
struct ResultOptions: ParsableArguments {
    @OptionGroup var options: OutputOptions
    @Flag(help: "The same as --output json.")
    var json = false

    var format: OutputFormat { self.json ? .json : self.options.output }
}
