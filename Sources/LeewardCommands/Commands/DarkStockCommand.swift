import ArgumentParser
import LeewardEngine
import LeewardForecast
import LeewardModel

struct DarkStockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dark-stock",
        abstract: "Say how many instances each savior should hold dark in the next day, hour by hour.",
        discussion: """
            Reads the load from the store that the fleet file names, and forecasts what each service needs for the \
            savior's own users and for the worst evacuation into it. Changes nothing and needs no daemon. Ends with 1 \
            when nothing is known, with 5 when the store does not answer.
            """
    )

    @OptionGroup var forecast: ForecastOptions
    @OptionGroup var output: ResultOptions

    func run() async throws {
        let fleet = try self.forecast.fleet()
        let cases = try self.forecast.cases(fleet)
        let history = try await self.forecast.load(fleet)
        let fed = Backtest(
            history.buckets,
            forecaster: self.forecast.forecaster(fleet, cases),
            scoresFrom: history.end
        )
        let report = DarkStockReport(fed.forecaster, fleet: fleet, history: history, notes: cases.notes)
        try Output.render(report, report.sections, as: self.output.format)
        if report.stocks.isEmpty {
            throw Failure(.failed, "no dark stock is known; the reasons stand with each service")
        }
    }
}
