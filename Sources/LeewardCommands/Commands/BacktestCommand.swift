import ArgumentParser
import LeewardEngine
import LeewardForecast
import LeewardModel

struct BacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Say how good the forecast of each service would have been on the fleet's own history.",
        discussion: """
            Reads the load from the store that the fleet file names and feeds it to the forecaster bucket by bucket: each \
            answer sees only what had arrived by then. Changes nothing and needs no daemon. Ends with 1 when nothing \
            could be scored, with 5 when the store does not answer.
            """
    )

    @OptionGroup var forecast: ForecastOptions
    @Option(help: ArgumentHelp("How long before now scoring begins; what is older only teaches.", valueName: "span"))
    var from = SpanArgument(days: 14)
    @Option(help: ArgumentHelp("A service to report on; may be repeated. Without it all are.", valueName: "name"))
    var service: [String] = []
    @OptionGroup var output: ResultOptions

    func validate() throws {
        guard self.from.span < self.forecast.history.span else {
            throw ValidationError(
                "--from is \(self.from.text); allowed is less than --history, which is \(self.forecast.history.text)"
            )
        }
    }

    func run() async throws {
        let fleet = try self.forecast.fleet()
        let services = try self.services(of: fleet)
        let cases = try self.forecast.cases(fleet)
        let history = try await self.forecast.load(fleet)
        let start = history.end - self.from.span
        // Services that are not shown still tell where their region is going, so all are fed.
        let backtest = Backtest(
            history.buckets,
            forecaster: self.forecast.forecaster(fleet, cases),
            scoresFrom: start
        )
        let report = BacktestReport(
            backtest,
            of: services,
            fleet: fleet,
            history: history,
            notes: cases.notes,
            scoredFrom: start
        )
        try Output.render(report, report.sections, as: self.output.format)
        if report.total.isEmpty {
            throw Failure(.failed, "nothing could be scored; the reasons stand with each service")
        }
    }

    private func services(of fleet: Fleet) throws(Failure) -> [ServiceID] {
        let asked = self.service.map { ServiceID($0) }
        for service in asked where fleet.services[service] == nil {
            let known = Words.list(fleet.services.keys)
            throw Failure(.usage, "--service: \(service) is no service of \(self.forecast.file); allowed: \(known)")
        }
        return asked.isEmpty ? fleet.services.keys : fleet.services.keys.filter { asked.contains($0) }
    }
}
