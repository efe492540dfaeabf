import Foundation
import LeewardProcesses

/// A real caching resolver (Unbound) on 127.0.0.1 that asks one authoritative server for lab.test and nobody else.
public actor ZoneConformanceResolver {
    public nonisolated let port: Int
    private let folder: TemporaryFolder
    private let authority: Int
    private var process: ProcessHandle?

    /// A resolver for the zone at `authority`, a port of 127.0.0.1; nothing is started.
    public init(authority: Int) throws {
        self.port = try FreePorts.pickOne()
        self.folder = try TemporaryFolder()
        self.authority = authority
    }

    /// "address:port".
    public nonisolated var address: String { "127.0.0.1:\(self.port)" }

    /// Starts it and returns before it answers; poll it.
    public func start() throws {
        let file = try self.folder.write(self.configuration, to: "unbound.conf")
        self.process = try Spawn.start(
            Programs.path("unbound"),
            ["-d", "-p", "-c", file],
            log: self.folder.file("log"),
            workingDirectory: self.folder.path
        )
    }

    /// Ends it.
    public func stop() async {
        guard let process = self.process else { return }
        await Spawn.stop(process)
        self.process = nil
    }

    // `.test` is answered with NXDOMAIN by default, and servers on loopback are not asked by default.
    private var configuration: String {
        """
        server:
            directory: "\(self.folder.path)"
            chroot: ""
            username: ""
            use-syslog: no
            logfile: ""
            interface: 127.0.0.1
            port: \(self.port)
            num-threads: 1
            do-not-query-localhost: no
            module-config: "iterator"
            local-zone: "test." nodefault
        remote-control:
            control-enable: no
        stub-zone:
            name: "lab.test"
            stub-addr: 127.0.0.1@\(self.authority)

        """
    }
}
