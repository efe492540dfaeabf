import Foundation
import LeewardModel

/// Configuration files of the servers that are not ours.
enum ServerFiles {
    /// Writes all of them; `tsig` is the base64 secret.
    static func write(_ layout: LabLayout, fleet: Fleet, tsig: String) throws {
        try self.write(self.knot(layout, tsig: tsig), to: layout.file("knot/knot.conf"), mode: 0o600)
        try self.write(self.zone(fleet), to: layout.file("knot/\(fleet.zone.name).zone"))
        try self.write(self.unbound(layout, zone: fleet.zone.name), to: layout.file("unbound.conf"))
        try self.writeScrape(layout, isOn: false)
    }

    /// What the metrics store scrapes: nothing, or the agents and the clients.
    static func writeScrape(_ layout: LabLayout, isOn: Bool) throws {
        try self.write(isOn ? self.scrape(layout) : "scrape_configs: []\n", to: layout.file("scrape.yaml"))
    }

    /// Updates survive a kill: the zone file is written on each one, and read whole at the start.
    private static func knot(_ layout: LabLayout, tsig: String) -> String {
        """
        server:
          rundir: "\(layout.sockets)"
          listen: [ \(layout.dnsAddress)@\(layout.dnsPort) ]
          udp-workers: 1
          tcp-workers: 1
          background-workers: 1
        log:
          - target: stderr
            any: info
        database:
          storage: "\(layout.file("knot/db"))"
          journal-db-max-size: 16M
          kasp-db-max-size: 16M
          timer-db-max-size: 16M
          catalog-db-max-size: 16M
        key:
          - id: \(LabSecrets.keyName)
            algorithm: hmac-sha256
            secret: \(tsig)
        acl:
          - id: leeward
            address: 127.0.0.0/8
            action: [ update, transfer ]
            key: \(LabSecrets.keyName)
        zone:
          - domain: lab.test
            storage: "\(layout.file("knot"))"
            file: lab.test.zone
            zonefile-load: whole
            zonefile-sync: 0
            journal-content: changes
            serial-policy: increment
            acl: leeward

        """
    }

    /// Every geography at home; no marker yet, since the first controller requires its absence.
    private static func zone(_ fleet: Fleet) -> String {
        let ttl = fleet.limits.dnsTTL.milliseconds / 1000
        var lines = [
            "$ORIGIN \(fleet.zone.name).",
            "@ \(ttl) IN SOA ns hostmaster 1 3600 600 86400 \(ttl)",
            "@ 3600 IN NS ns",
            "ns 3600 IN A \(fleet.zone.servers.first.map { String($0.prefix { $0 != ":" }) } ?? "127.0.0.1")",
        ]
        for geography in fleet.geographies.values {
            for address in fleet.entryAddresses([geography.home]) {
                lines.append("\(geography.host). \(ttl) IN A \(address)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func unbound(_ layout: LabLayout, zone: String) -> String {
        """
        server:
          interface: \(layout.resolverAddress)@\(layout.dnsPort)
          username: ""
          chroot: ""
          directory: "\(layout.folder)"
          pidfile: ""
          use-syslog: no
          logfile: ""
          num-threads: 1
          so-reuseport: no
          access-control: 127.0.0.0/8 allow
          do-not-query-localhost: no
          do-ip6: no
          module-config: "iterator"
          local-zone: "test." nodefault
        stub-zone:
          name: "\(zone)"
          stub-addr: \(layout.dnsAddress)@\(layout.dnsPort)
        remote-control:
          control-enable: no

        """
    }

    /// All targets at the same random offset within the interval, so that runs do not all meet the buckets alike.
    private static func scrape(_ layout: LabLayout) -> String {
        let agents = LabLayout.regions.map { "\"\(layout.edgeAddress($0)):\(layout.agentMetricsPort)\"" }
        let offset = Int.random(in: 0..<5000)
        return """
            global:
              scrape_interval: 5s
              scrape_timeout: 2s
            scrape_configs:
              - job_name: agents
                scrape_offset: \(offset)ms
                static_configs:
                  - targets: [\(agents.joined(separator: ", "))]
              - job_name: clients
                scrape_offset: \(offset)ms
                static_configs:
                  - targets: ["\(layout.clientsAddress):\(layout.clientsMetricsPort)"]

            """
    }

    private static func write(_ text: String, to path: String, mode: Int = 0o644) throws {
        let made = FileManager.default.createFile(
            atPath: path,
            contents: Data(text.utf8),
            attributes: [.posixPermissions: mode]
        )
        guard made else { throw LabError("cannot write \(path)") }
    }
}
