import Foundation
import LeewardAgent
import LeewardFailpoints
import LeewardModel
import LeewardProcesses

/// How each process of the lab is started.
enum LabParts {
    static func host(_ region: RegionID) -> String { "host/\(region)" }
    static func agent(_ region: RegionID) -> String { "agent/\(region)" }
    static func proxy(_ region: RegionID) -> String { "envoy/\(region)" }
    static let dns = "knot"
    static let resolver = "unbound"
    static let store = "metrics-store"
    static let clients = "clients"
    static let daemon = "daemon"
    static let guardian = "guard"

    static func hostProcess(_ region: RegionID, _ layout: LabLayout) throws -> LabProcess {
        self.process(
            self.host(region),
            try LabTools.own("leeward-lab"),
            ["host", "--dir", layout.folder, "--region", region.text],
            layout
        )
    }

    static func agentProcess(_ region: RegionID, _ layout: LabLayout) throws -> LabProcess {
        self.process(
            self.agent(region),
            try LabTools.own("leeward"),
            [
                "agent", "--fleet", layout.fleetFile, "--region", region.text, "--directory",
                layout.agentFolder(region),
                "--admin", "unix:\(layout.proxySocket(region))",
                "--metrics", "http://\(layout.edgeAddress(region)):\(layout.agentMetricsPort)",
                "--jwks", layout.jwksFile,
            ],
            layout
        )
    }

    static func proxyProcess(_ region: RegionID, _ layout: LabLayout) throws -> LabProcess {
        self.process(
            self.proxy(region),
            try LabTools.server("envoy"),
            EnvoyBootstrap.arguments(bootstrap: layout.agentFolder(region) + "/bootstrap.json"),
            layout
        )
    }

    static func dnsProcess(_ layout: LabLayout) throws -> LabProcess {
        self.process(self.dns, try LabTools.server("knotd"), ["-c", layout.file("knot/knot.conf")], layout)
    }

    static func resolverProcess(_ layout: LabLayout) throws -> LabProcess {
        self.process(self.resolver, try LabTools.server("unbound"), ["-d", "-c", layout.file("unbound.conf")], layout)
    }

    /// Without latency offset the newest sample is seen at once; two months keep the whole history.
    static func storeProcess(_ layout: LabLayout) throws -> LabProcess {
        self.process(
            self.store,
            try LabTools.server("victoria-metrics"),
            [
                "-storageDataPath=\(layout.file("metrics"))",
                "-httpListenAddr=\(layout.storeAddress):\(layout.storePort)",
                "-retentionPeriod=2", "-memory.allowedBytes=256MB", "-search.latencyOffset=0s", "-search.disableCache",
                "-promscrape.config=\(layout.file("scrape.yaml"))", "-loggerLevel=WARN",
            ],
            layout
        )
    }

    static func clientsProcess(_ layout: LabLayout) throws -> LabProcess {
        self.process(
            self.clients,
            try LabTools.own("leeward-lab"),
            ["clients", "--settings", layout.clientSettingsFile],
            layout
        )
    }

    /// - Parameter failpoints: Folder by which it can be made to die at named points; nil: it lives.
    static func daemonProcess(_ layout: LabLayout, failpoints: String?) throws -> LabProcess {
        var process = self.process(
            self.daemon,
            try LabTools.own("leeward"),
            ["serve", "--fleet", layout.fleetFile, "--state", layout.daemonFolder, "--socket", layout.daemonSocket],
            layout
        )
        process.environment = failpoints.map { [Failpoints.variable: $0] }
        return process
    }

    /// Ends the run when the process that owns it is gone without having done so.
    static func guardProcess(_ layout: LabLayout) throws -> LabProcess {
        self.process(self.guardian, try LabTools.own("leeward-lab"), ["guard", "--dir", layout.folder], layout)
    }

    private static func process(
        _ role: String,
        _ executable: String,
        _ arguments: [String],
        _ layout: LabLayout
    ) -> LabProcess {
        LabProcess(role: role, executable: executable, arguments: arguments, log: layout.log(role), handle: nil)
    }
}
