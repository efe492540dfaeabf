import LeewardModel
import Yams

extension FleetReader {
    /// The whole file; nil or a problem wherever something is wrong.
    mutating func fleet(_ root: Cursor) -> Fleet? {
        let keys = ["fleet", "zone", "regions", "geographies", "services", "signals", "policy", "limits"]
        guard let fields = self.fields(root, keys, optional: ["pages", "calendar"]) else { return nil }
        func section(_ name: String) -> Cursor? {
            self.field(name, of: fields, in: root, allowed: name == "fleet" ? Allowed.name : "a mapping")
        }
        let name = section("fleet").flatMap { self.name($0) }
        let zone = section("zone").flatMap { self.zone($0) }
        let regions = section("regions").flatMap { self.regions($0) }
        let geographies = section("geographies").flatMap { self.geographies($0) }
        let services = section("services").flatMap { self.services($0, regions: regions?.keys ?? []) }
        let signals = section("signals").flatMap { self.signals($0) }
        let policy = section("policy").flatMap { self.policy($0) }
        let limits = section("limits").flatMap { self.limits($0) }
        // Without the section the log is the only channel; a section that cannot be read is no fleet.
        let pages = fields["pages"].map { self.pages($0) } ?? PagesSpec()
        let calendar = fields["calendar"].map { self.calendar($0, regions: regions?.keys) } ?? []
        self.crossCheck(zone: zone, regions: regions, geographies: geographies, services: services, limits: limits)
        guard let name, let zone, let regions, let geographies, let services, let signals, let policy, let limits,
            let pages, let calendar
        else { return nil }
        return Fleet(
            name: name,
            zone: zone,
            regions: regions,
            geographies: geographies,
            services: services,
            signals: signals,
            policy: policy,
            limits: limits,
            pages: pages,
            calendar: calendar
        )
    }

    private mutating func zone(_ cursor: Cursor) -> ZoneSpec? {
        guard let fields = self.fields(cursor, ["name", "servers", "key", "keyFile"]) else { return nil }
        let nameAllowed = "a DNS name in lower case without trailing dot"
        let name = self.field("name", of: fields, in: cursor, allowed: nameAllowed).flatMap {
            self.text($0, most: 200, allowed: nameAllowed, where: Plain.isHost)
        }
        let serversAllowed = "a list of 1 to 16 authoritative servers, address:port"
        let servers = self.field("servers", of: fields, in: cursor, allowed: serversAllowed).flatMap {
            self.servers($0, allowed: serversAllowed)
        }
        let keyAllowed = "the name of a TSIG key: 1 to 63 of letters, digits, dot, - and _"
        let key = self.field("key", of: fields, in: cursor, allowed: keyAllowed).flatMap {
            self.text($0, most: 63, allowed: keyAllowed) { text in
                text.unicodeScalars.allSatisfy {
                    $0.isASCII && ($0.properties.isAlphabetic || "0123456789.-_".unicodeScalars.contains($0))
                }
            }
        }
        let fileAllowed = "the absolute path of the file that holds the key"
        let file = self.field("keyFile", of: fields, in: cursor, allowed: fileAllowed).flatMap {
            self.text($0, most: 1024, allowed: fileAllowed) { $0.hasPrefix("/") }
        }
        guard let name, let servers, let key, let file else { return nil }
        return ZoneSpec(name: name, servers: servers, keyName: key, keyFile: file)
    }

    private mutating func servers(_ cursor: Cursor, allowed: String) -> [String]? {
        guard let items = self.items(cursor, most: 16, allowed: allowed) else { return nil }
        var servers: [String] = []
        for item in items {
            let server = self.text(item, most: 30, allowed: "address:port with an IPv4 address") { text in
                let parts = text.split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, Plain.isIPv4(parts[0]), let port = Plain.digits(parts[1]) else { return false }
                return (1...65_535).contains(port)
            }
            guard let server else { continue }
            if servers.contains(server) {
                self.problem(item.path, found: "\(shown(server)) a second time", allowed: "each server once")
            }
            servers.append(server)
        }
        return servers.count == items.count ? servers : nil
    }

    private mutating func signals(_ cursor: Cursor) -> SignalsSpec? {
        guard let fields = self.fields(cursor, ["prometheus", "served", "entered", "load"], optional: ["clients"])
        else { return nil }
        let prometheus = self.field("prometheus", of: fields, in: cursor, allowed: "http://host:port").flatMap {
            self.endpoint($0, unix: false)
        }
        let served = self.query("served", of: fields, in: cursor)
        let entered = self.query("entered", of: fields, in: cursor)
        let load = self.query("load", of: fields, in: cursor)
        let clients = fields["clients"] == nil ? nil : self.query("clients", of: fields, in: cursor)
        guard let prometheus, let served, let entered, let load else { return nil }
        return SignalsSpec(prometheus: prometheus, served: served, entered: entered, load: load, clients: clients)
    }

    private mutating func query(_ name: String, of fields: [String: Cursor], in parent: Cursor) -> String? {
        let allowed = "a PromQL query with $window where the range goes"
        return self.field(name, of: fields, in: parent, allowed: allowed).flatMap {
            self.text($0, most: 4096, allowed: allowed) { $0.contains("$window") }
        }
    }

    private mutating func pages(_ cursor: Cursor) -> PagesSpec? {
        guard let fields = self.fields(cursor, ["alertmanager"]) else { return nil }
        return self.field("alertmanager", of: fields, in: cursor, allowed: "http://host:port").flatMap {
            self.endpoint($0, unix: false)
        }.map { PagesSpec(alertmanager: $0) }
    }

    private mutating func policy(_ cursor: Cursor) -> Policy? {
        guard let fields = self.fields(cursor, ["relief", "evacuation"]) else { return nil }
        let relief = self.autonomy("relief", of: fields, in: cursor)
        let evacuation = self.autonomy("evacuation", of: fields, in: cursor)
        guard let relief, let evacuation else { return nil }
        return Policy(relief: relief, evacuation: evacuation)
    }

    private mutating func autonomy(_ name: String, of fields: [String: Cursor], in parent: Cursor) -> Autonomy? {
        let allowed = Autonomy.allCases.map(\.rawValue).joined(separator: ", ")
        return self.field(name, of: fields, in: parent, allowed: allowed).flatMap {
            self.text($0, most: 20, allowed: allowed) { Autonomy(rawValue: $0) != nil }
        }.flatMap(Autonomy.init)
    }
}
