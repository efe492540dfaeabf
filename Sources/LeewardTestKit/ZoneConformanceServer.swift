import Foundation
import LeewardProcesses

/// A real authoritative server of the zone lab.test on 127.0.0.1, with a folder and a port of its own.
///
/// `start()` returns before the server answers; poll it. `stop()` must be called; nothing else ends it.
public actor ZoneConformanceServer {
    /// The servers that Leeward is tested against.
    public enum Kind: String, CaseIterable, Sendable {
        case knot, bind, powerDNS

        /// The programs that it needs.
        public var programs: [String] {
            switch self {
            case .knot: ["knotd"]
            case .bind: ["named"]
            case .powerDNS: ["pdns_server", "sqlite3"]
            }
        }
    }

    /// Name of the TSIG key that the server accepts for updates.
    public static let keyName = "leeward"
    /// Its secret, in base64.
    public static let secret = "TGVld2FyZCB0ZXN0IGtleSwgMzIgYnl0ZXMgbG9uZyE="

    public nonisolated let kind: Kind
    public nonisolated let port: Int
    private let folder: TemporaryFolder
    private let hosts: [(name: String, address: String)]
    private var process: ProcessHandle?
    private var isPrepared = false

    /// A server with these A records, "us-east.lab.test" and "127.0.1.1"; nothing is started.
    public init(_ kind: Kind, hosts: [(name: String, address: String)]) throws {
        self.kind = kind
        self.port = try FreePorts.pickOne()
        self.folder = try TemporaryFolder()
        self.hosts = hosts
    }

    /// "address:port".
    public nonisolated var address: String { "127.0.0.1:\(self.port)" }

    /// What the server has written to its log so far.
    public var log: String { (try? String(contentsOfFile: self.folder.file("log"), encoding: .utf8)) ?? "" }

    /// Starts the server; the first time its files are written, later it runs on what it left behind.
    public func start() async throws {
        if !self.isPrepared {
            try await self.prepare()
            self.isPrepared = true
        }
        let arguments =
            switch self.kind {
            case .knot: ["-c", self.folder.file("knot.conf")]
            case .bind: ["-g", "-n", "1", "-c", self.folder.file("named.conf")]
            case .powerDNS: ["--config-dir=\(self.folder.path)"]
            }
        self.process = try Spawn.start(
            Programs.path(self.kind.programs[0]),
            arguments,
            log: self.folder.file("log"),
            workingDirectory: self.folder.path
        )
    }

    /// Kills the server without a warning and waits until it is gone.
    public func kill() async {
        guard let process = self.process else { return }
        Spawn.signal(process, SIGKILL)
        _ = await Spawn.ended(process, within: .seconds(5))
        self.process = nil
        // Its other threads may hold the sockets a little longer than its first one lives.
        let deadline = ContinuousClock.now + .seconds(5)
        while self.isAccepting, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(5)) }
        // What a killed server leaves behind keeps the next one from starting.
        try? FileManager.default.removeItem(atPath: self.folder.file("knot.pid"))
    }

    private var isAccepting: Bool { (try? LoopbackSocket(.stream).connect(self.port)) != nil }

    /// Ends the server.
    public func stop() async {
        guard let process = self.process else { return }
        await Spawn.stop(process)
        self.process = nil
    }

    private func prepare() async throws {
        try self.folder.write(self.zoneFile, to: "lab.test.zone")
        switch self.kind {
        case .knot: try self.folder.write(self.knot, to: "knot.conf")
        case .bind: try self.folder.write(self.bind, to: "named.conf")
        case .powerDNS:
            try self.folder.write(self.powerDNS, to: "pdns.conf")
            try self.folder.write(self.database, to: "setup.sql")
            let setup = try Spawn.start(
                Programs.path("sqlite3"),
                [self.folder.file("pdns.sqlite3"), ".read \(self.folder.file("setup.sql"))"],
                log: self.folder.file("log")
            )
            guard await Spawn.ended(setup, within: .seconds(20)), self.log.isEmpty else {
                throw ConformanceFailure("the PowerDNS database was not made: \(self.log)")
            }
        }
    }

    private static let authority = "ns.lab.test. admin.lab.test. 1 3600 600 86400 1"

    private var zoneFile: String {
        let records = self.hosts.map { "\($0.name). 5 A \($0.address)" }.joined(separator: "\n")
        return """
            $ORIGIN lab.test.
            $TTL 5
            @ SOA \(Self.authority)
            @ NS ns.lab.test.
            ns A 127.0.0.1
            \(records)

            """
    }

    // `zonefile-load: whole` with the file written at each change: the other combinations lose updates at a restart.
    private var knot: String {
        """
        server:
            rundir: \(self.folder.path)
            listen: [127.0.0.1@\(self.port)]
            udp-workers: 1
            tcp-workers: 1
            background-workers: 1
        log:
          - target: stderr
            any: info
        database:
            storage: \(self.folder.path)
            journal-db-max-size: 16M
            kasp-db-max-size: 16M
            timer-db-max-size: 16M
            catalog-db-max-size: 16M
        key:
          - id: \(Self.keyName)
            algorithm: hmac-sha256
            secret: \(Self.secret)
        acl:
          - id: update
            key: \(Self.keyName)
            action: update
            update-owner: name
            update-owner-match: sub-or-equal
            update-owner-name: [lab.test.]
        zone:
          - domain: lab.test
            storage: \(self.folder.path)
            file: lab.test.zone
            zonefile-sync: 0
            zonefile-load: whole
            journal-content: changes
            serial-policy: increment
            acl: update

        """
    }

    private var bind: String {
        """
        options {
            directory "\(self.folder.path)";
            pid-file "\(self.folder.file("named.pid"))";
            session-keyfile "\(self.folder.file("session.key"))";
            lock-file none;
            listen-on port \(self.port) { 127.0.0.1; };
            listen-on-v6 { none; };
            recursion no;
            notify no;
            dnssec-validation no;
            minimal-responses yes;
        };
        controls {};
        key "\(Self.keyName)" { algorithm hmac-sha256; secret "\(Self.secret)"; };
        zone "lab.test" {
            type primary;
            file "\(self.folder.file("lab.test.zone"))";
            update-policy { grant \(Self.keyName) zonesub ANY; };
        };

        """
    }

    private var powerDNS: String {
        """
        launch=gsqlite3
        gsqlite3-database=\(self.folder.file("pdns.sqlite3"))
        module-dir=\(self.powerDNSModules)
        local-address=127.0.0.1
        local-port=\(self.port)
        socket-dir=\(self.folder.path)
        daemon=no
        guardian=no
        write-pid=no
        disable-syslog=yes
        security-poll-suffix=
        dnsupdate=yes
        allow-dnsupdate-from=127.0.0.0/8
        cache-ttl=0
        query-cache-ttl=0
        negquery-cache-ttl=0
        zone-cache-refresh-interval=0
        receiver-threads=1
        distributor-threads=1

        """
    }

    /// Beside the program, so that an unpacked package works as well as an installed one.
    private var powerDNSModules: String {
        let program = URL(fileURLWithPath: (try? Programs.path("pdns_server")) ?? "/usr/sbin/pdns_server")
        let beside = program.deletingLastPathComponent().deletingLastPathComponent().path
        for base in [beside + "/usr/lib", beside + "/lib", "/usr/lib"] {
            for machine in ((try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []).sorted() {
                let folder = "\(base)/\(machine)/pdns"
                if FileManager.default.fileExists(atPath: folder + "/libgsqlite3backend.so") { return folder }
            }
        }
        return "/usr/lib/pdns"
    }

    /// The tables of the gsqlite3 backend that a zone with updates needs, and the zone in them.
    private var database: String {
        let records =
            [("lab.test", "SOA", Self.authority.replacing(". ", with: " ")), ("lab.test", "NS", "ns.lab.test")]
            + [("ns.lab.test", "A", "127.0.0.1")] + self.hosts.map { ($0.name, "A", $0.address) }
        let rows = records.map {
            "INSERT INTO records(domain_id,name,type,content,ttl,prio,disabled,auth) "
                + "VALUES(1,'\($0.0)','\($0.1)','\($0.2)',5,0,0,1);"
        }
        return """
            CREATE TABLE domains(id INTEGER PRIMARY KEY, name VARCHAR(255) NOT NULL COLLATE NOCASE, master VARCHAR(128),
              last_check INTEGER, type VARCHAR(8) NOT NULL, notified_serial INTEGER, account VARCHAR(40),
              options VARCHAR(65535), catalog VARCHAR(255));
            CREATE TABLE records(id INTEGER PRIMARY KEY, domain_id INTEGER, name VARCHAR(255), type VARCHAR(10),
              content VARCHAR(65535), ttl INTEGER, prio INTEGER, disabled BOOLEAN DEFAULT 0, ordername VARCHAR(255),
              auth BOOL DEFAULT 1);
            CREATE TABLE supermasters(ip VARCHAR(64), nameserver VARCHAR(255), account VARCHAR(40));
            CREATE TABLE comments(id INTEGER PRIMARY KEY, domain_id INTEGER, name VARCHAR(255), type VARCHAR(10),
              modified_at INT, account VARCHAR(40), comment VARCHAR(65535));
            CREATE TABLE domainmetadata(id INTEGER PRIMARY KEY, domain_id INT, kind VARCHAR(32), content TEXT);
            CREATE TABLE cryptokeys(id INTEGER PRIMARY KEY, domain_id INT, flags INT, active BOOL, published BOOL DEFAULT 1,
              content TEXT);
            CREATE TABLE tsigkeys(id INTEGER PRIMARY KEY, name VARCHAR(255) COLLATE NOCASE, algorithm VARCHAR(50),
              secret VARCHAR(255));
            INSERT INTO domains(id,name,type) VALUES(1,'lab.test','NATIVE');
            INSERT INTO tsigkeys(name,algorithm,secret) VALUES('\(Self.keyName)','hmac-sha256','\(Self.secret)');
            INSERT INTO domainmetadata(domain_id,kind,content) VALUES(1,'ALLOW-DNSUPDATE-FROM','127.0.0.0/8');
            INSERT INTO domainmetadata(domain_id,kind,content) VALUES(1,'TSIG-ALLOW-DNSUPDATE','\(Self.keyName)');
            INSERT INTO domainmetadata(domain_id,kind,content) VALUES(1,'SOA-EDIT-DNSUPDATE','INCREASE');
            \(rows.joined(separator: "\n"))

            """
    }
}
