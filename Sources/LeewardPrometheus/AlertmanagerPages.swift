import Foundation
import LeewardHTTP
public import LeewardModel
public import LeewardProviders

/// Pages as alerts of an Alertmanager, by its API version 2: it groups, routes and tells each person once.
///
/// An alert that is not told again ends by itself after Alertmanager's `resolve_timeout` (five minutes by default), so a
/// controller that died leaves no page behind for ever.
public struct AlertmanagerPages: PagePort {
    private let fleet: String
    private let endpoint: Endpoint
    private let timeout: Duration
    private let now: @Sendable () -> WallTime

    /// `now` dates the end of closed pages.
    public init(
        fleet: String,
        at endpoint: Endpoint,
        timeout: Duration = .seconds(2),
        now: @escaping @Sendable () -> WallTime
    ) {
        self.fleet = fleet
        self.endpoint = endpoint
        self.timeout = timeout
        self.now = now
    }

    public func tell(open: [OpenPage], closed: [OpenPage]) async throws(ProviderError) {
        let end = self.now()
        let alerts = open.map { self.alert($0, end: nil) } + closed.map { self.alert($0, end: end) }
        let body: Data
        do { body = try JSONEncoder().encode(alerts) } catch { throw self.problem("\(error)", .never) }
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await HTTPClient().send(
                HTTPRequest(
                    "POST",
                    "/api/v2/alerts",
                    headers: [("content-type", "application/json")],
                    body: [UInt8](body)
                ),
                to: self.endpoint.httpAddress,
                within: self.timeout
            )
        } catch {
            throw self.problem(error.description, .after(.seconds(1)))
        }
        guard response.status == 200 else {
            let sentence = String(decoding: response.body.prefix(200), as: UTF8.self)
            throw self.problem("status \(response.status): \(sentence)", .after(.seconds(1)))
        }
    }

    private struct Alert: Encodable {
        var labels: [String: String]
        var annotations: [String: String]
        var startsAt: String
        var endsAt: String?
    }

    /// The labels make the alert what it is: the same page has the same ones whenever it is told.
    private func alert(_ page: OpenPage, end: WallTime?) -> Alert {
        var hash = StableHash()
        hash.combine(page.text)
        return Alert(
            labels: ["alertname": "LeewardPage", "severity": "page", "fleet": self.fleet, "page": hash.short],
            annotations: ["summary": page.text],
            startsAt: Self.date(page.since),
            endsAt: end.map(Self.date)
        )
    }

    private static func date(_ time: WallTime) -> String {
        Date(timeIntervalSince1970: Double(time.milliseconds) / 1000).ISO8601Format()
    }

    private func problem(_ reason: String, _ retry: ProviderError.Retry) -> ProviderError {
        ProviderError(subject: "alertmanager \(self.endpoint)", reason: reason, retry: retry)
    }
}
