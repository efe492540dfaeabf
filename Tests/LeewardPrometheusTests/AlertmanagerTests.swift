import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProcesses
import LeewardPrometheus
import LeewardProviders
import LeewardTestKit
import Testing

/// Pages at a real Alertmanager.
///
/// Debian's looks for its templates at one absolute path, so it cannot be unpacked into a folder; as root `make setup` installs it.
@Suite struct AlertmanagerTests {
    private static let templates = "/usr/share/prometheus/alertmanager"

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: Self.templates),
            "SKIPPED: Alertmanager runs only where it is installed by root"
        )
    )
    func anOpenPageIsOneAlertUntilItIsClosed() async throws {
        let folder = try TemporaryFolder()
        let port = try FreePorts.pickOne()
        let endpoint = Endpoint.tcp(host: "127.0.0.1", port: port)
        try folder.write("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n", to: "alertmanager.yml")
        let process = try Spawn.start(
            Programs.path("prometheus-alertmanager"),
            [
                "--config.file=\(folder.file("alertmanager.yml"))", "--storage.path=\(folder.file("data"))",
                "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=", "--log.level=warn",
            ],
            log: folder.file("log"),
            workingDirectory: folder.path
        )
        do {
            try await Self.check(endpoint)
        } catch {
            await Spawn.stop(process)
            throw error
        }
        await Spawn.stop(process)
    }

    private static func check(_ endpoint: Endpoint) async throws {
        let now = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let pages = AlertmanagerPages(fleet: "three-regions", at: endpoint) { now }
        let held = OpenPage(text: "e1 is held: \"no proof\" (S07)", since: now - .seconds(60))
        let global = OpenPage(text: "verdict global", since: now - .seconds(30))
        try await eventually("alertmanager answers") {
            try await HTTPClient().send(HTTPRequest("GET", "/-/ready"), to: endpoint.httpAddress, within: .seconds(2))
                .status == 200
        }
        try await pages.tell(open: [held], closed: [])
        try await pages.tell(open: [held, global], closed: [])
        #expect(try await Self.active(endpoint) == ["e1 is held: \"no proof\" (S07)", "verdict global"])
        try await pages.tell(open: [global], closed: [held])
        #expect(try await Self.active(endpoint) == ["verdict global"])
    }

    private static func active(_ endpoint: Endpoint) async throws -> [String] {
        struct Alert: Decodable {
            var labels: [String: String]
            var annotations: [String: String]
        }
        let answer = try await HTTPClient().send(
            HTTPRequest("GET", "/api/v2/alerts?active=true"),
            to: endpoint.httpAddress,
            within: .seconds(5)
        )
        let alerts = try JSONDecoder().decode([Alert].self, from: Data(answer.body))
        #expect(alerts.allSatisfy { $0.labels["alertname"] == "LeewardPage" && $0.labels["fleet"] == "three-regions" })
        return alerts.compactMap { $0.annotations["summary"] }.sorted()
    }

    @Test func nobodyThereIsAnErrorThatNamesThePlace() async throws {
        let endpoint = Endpoint.tcp(host: "127.0.0.1", port: try FreePorts.pickOne())
        let pages = AlertmanagerPages(fleet: "f", at: endpoint) { WallTime(milliseconds: 0) }
        let error = await #expect(throws: ProviderError.self) { try await pages.tell(open: [], closed: []) }
        #expect(error?.description.contains("alertmanager \(endpoint)") == true)
    }
}
