import Foundation
import LeewardModel
import LeewardTestKit
import Testing

@testable import LeewardAgent

/// What the proxy is given, looked at as text and read back.
@Suite struct EnvoyFilesTests {
    private let folder: TemporaryFolder
    private let settings: AgentSettings

    init() throws {
        self.folder = try TemporaryFolder()
        self.settings = try smallSettings(self.folder)
    }

    @Test(arguments: [0, 1, 100, 3333, 5000, 9999, 10_000])
    func everyShareSurvivesTheWayToTheFileAndBack(_ basisPoints: Int) throws {
        let shares = try moved(basisPoints)
        let document = EnvoyRoutes.document(shares, generation: Generation(42), self.settings)
        let back = try EnvoyReadBack(file: document.bytes, self.settings)
        #expect(back.shares == shares)
        #expect(back.generation == Generation(42))
    }

    @Test func weightsThatDoNotSumAreNoShares() throws {
        let bytes = EnvoyRoutes.document(try moved(2500), generation: Generation(1), self.settings).bytes
        let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "7500", with: "7501")
        #expect(throws: (any Error).self) { try EnvoyReadBack(file: Array(text.utf8), self.settings) }
    }

    @Test func aGeographyThatIsMissingIsNoTable() throws {
        var shares = try moved(0)
        shares["europe"] = nil
        let document = EnvoyRoutes.document(shares, generation: Generation(1), self.settings)
        #expect(throws: (any Error).self) { try EnvoyReadBack(file: document.bytes, self.settings) }
    }

    @Test func theTunnelNamesOwnClustersOnly() {
        let text = String(decoding: EnvoyRoutes.tunnel(self.settings).bytes, as: UTF8.self)
        #expect(text.contains(#""cluster":"live/play""#))
        #expect(text.contains(#""cluster":"probe/play""#))
        #expect(!text.contains("to/"))
    }

    @Test func nothingFailsOverByItself() throws {
        let texts = [
            try EnvoyBootstrap(self.settings).document().bytes, EnvoyClusters.document(self.settings).bytes,
            EnvoyRoutes.document(try moved(100), generation: Generation(1), self.settings).bytes,
        ].map { String(decoding: $0, as: UTF8.self) }
        for word in [
            "aggregate", "priority", "previous_priorities", "outlier_detection", "health_checks", "retry_on\":\"5xx",
        ] {
            #expect(!texts.joined().contains(word), "\(word)")
        }
    }

    @Test func theBootstrapIsPrivateAndKeepsWhatIsThere() async throws {
        try EnvoyBootstrap(self.settings).write()
        let mode = try FileManager.default.attributesOfItem(atPath: self.settings.bootstrapFile)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(await SnapshotStore(self.settings).apply(try publish(2500, 3)) == .done)
        try EdgeFolder(self.settings).writeEndpoints([.init(id: "p", host: "127.0.0.1", port: 9)], of: "play")
        try EnvoyBootstrap(self.settings).write()
        #expect(EdgeFolder(self.settings).routes()?.generation == Generation(3))
        #expect(EdgeFolder(self.settings).endpoints(of: "play")?.map(\.id) == ["p"])
        #expect(EdgeFolder(self.settings).endpoints(of: "browse") == [])
    }

    @Test func aLostRoutesFileComesBackFromTheSnapshot() async throws {
        try EnvoyBootstrap(self.settings).write()
        #expect(await SnapshotStore(self.settings).apply(try publish(2500, 3)) == .done)
        try FileManager.default.removeItem(atPath: self.settings.routesFile)
        try EnvoyBootstrap(self.settings).write()
        #expect(EdgeFolder(self.settings).routes()?.shares == (try moved(2500)))
    }

    @Test(arguments: ["", "{}", #"{"keys":[]}"#, "none"]) func keysThatAreNoneStopTheBootstrap(_ text: String) throws {
        var settings = self.settings
        settings.jwks = text == "none" ? self.folder.file("none") : try self.folder.write(text, to: "jwks.json")
        #expect(throws: AgentError.self) { try EnvoyBootstrap(settings).write() }
    }

    @Test func anUnknownRegionAndARelativePathAreRefused() {
        #expect(throws: AgentError.self) {
            try AgentSettings(fleet: smallFleet(), region: "mars", directory: "/a", adminSocket: "/b")
        }
        #expect(throws: AgentError.self) {
            try AgentSettings(fleet: smallFleet(), region: "us-east-1", directory: "a", adminSocket: "/b")
        }
    }
}
