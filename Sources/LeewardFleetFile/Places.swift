import LeewardModel
import Yams

// Regions, geographies and services.
extension FleetReader {
    mutating func regions(_ cursor: Cursor) -> SortedMap<RegionID, RegionSpec>? {
        self.named(cursor, 2...64, "regions") { reader, place, _ in reader.region(place) }
    }

    mutating func geographies(_ cursor: Cursor) -> SortedMap<GeographyID, GeographySpec>? {
        self.named(cursor, 1...4096, "geographies") { reader, place, _ in reader.geography(place) }
    }

    /// `regions` are those for which cluster names are filled in where the file does not say them.
    mutating func services(_ cursor: Cursor, regions: [RegionID]) -> SortedMap<ServiceID, ServiceSpec>? {
        self.named(cursor, 1...10_000, "services") { reader, place, name in
            reader.service(place, name: name, regions: regions)
        }
    }

    /// A mapping whose keys are names.
    ///
    /// Entries that cannot be read are left out, so that the others are still checked.
    private mutating func named<ID: Identifier, Value>(
        _ cursor: Cursor,
        _ count: ClosedRange<Int>,
        _ what: String,
        _ read: (inout Self, Cursor, String) -> Value?
    ) -> SortedMap<ID, Value>? {
        let allowed = "a mapping of \(count.lowerBound) to \(count.upperBound) \(what) by name"
        guard let entries = self.entries(cursor, allowed: allowed) else { return nil }
        if !count.contains(entries.count) {
            self.problem(cursor.path, found: entries.isEmpty ? "empty" : "\(entries.count) \(what)", allowed: allowed)
        }
        var result = SortedMap<ID, Value>()
        for (key, place) in entries.prefix(count.upperBound) {
            self.remember(place)
            guard self.isName(key, at: place.path) else { continue }
            if let value = read(&self, place, key) { result[ID(key)] = value }
        }
        return result
    }

    private mutating func region(_ cursor: Cursor) -> RegionSpec? {
        guard let fields = self.fields(cursor, ["failureGroups", "edge", "provider"]) else { return nil }
        let groupsAllowed = "a list of 1 to 16 failure groups"
        let groups = self.field("failureGroups", of: fields, in: cursor, allowed: groupsAllowed).flatMap {
            self.names($0, most: 16, allowed: groupsAllowed)
        }
        let edge = self.field("edge", of: fields, in: cursor, allowed: "a mapping").flatMap { self.edge($0) }
        let provider = self.field("provider", of: fields, in: cursor, allowed: "unix:/path or http://host:port")
            .flatMap { self.endpoint($0) }
        guard let groups, let edge, let provider else { return nil }
        return RegionSpec(failureGroups: groups.map(FailureGroup.init), edge: edge, provider: provider)
    }

    private mutating func edge(_ cursor: Cursor) -> EdgeSpec? {
        guard let fields = self.fields(cursor, ["address", "port", "tunnelPort", "agent"]) else { return nil }
        let address = self.field("address", of: fields, in: cursor, allowed: "an IPv4 address").flatMap {
            self.text($0, most: 15, allowed: "an IPv4 address") { Plain.isIPv4($0) && $0 != "0.0.0.0" }
        }
        let port = self.port("port", of: fields, in: cursor)
        let tunnel = self.port("tunnelPort", of: fields, in: cursor)
        if let port, port == tunnel {
            self.problem(
                cursor.child("tunnelPort"),
                found: "\(port), the users' port",
                allowed: "a port of its own: what arrives there never leaves again"
            )
        }
        let agent = self.field("agent", of: fields, in: cursor, allowed: "unix:/path or http://host:port")
            .flatMap { self.endpoint($0) }
        guard let address, let port, let tunnel, let agent else { return nil }
        return EdgeSpec(address: address, port: port, tunnelPort: tunnel, agent: agent)
    }

    private mutating func port(_ name: String, of fields: [String: Cursor], in parent: Cursor) -> Int? {
        self.field(name, of: fields, in: parent, allowed: Allowed.integer(1...65_535)).flatMap {
            self.integer($0, 1...65_535)
        }
    }

    private mutating func geography(_ cursor: Cursor) -> GeographySpec? {
        guard let fields = self.fields(cursor, ["host", "home", "allowed", "saviors"]) else { return nil }
        let hostAllowed = "a DNS name in lower case without trailing dot"
        let host = self.field("host", of: fields, in: cursor, allowed: hostAllowed).flatMap {
            self.text($0, most: 253, allowed: hostAllowed, where: Plain.isHost)
        }
        let home = self.field("home", of: fields, in: cursor, allowed: "a region of this file").flatMap {
            self.name($0)
        }
        let allowedAllowed = "a list of the regions that may serve these users"
        let allowed = self.field("allowed", of: fields, in: cursor, allowed: allowedAllowed).flatMap {
            self.names($0, most: 64, allowed: allowedAllowed)
        }
        let saviors = self.field("saviors", of: fields, in: cursor, allowed: Self.saviors).flatMap { self.saviors($0) }
        guard let host, let home, let allowed, let saviors else { return nil }
        return GeographySpec(
            host: host,
            home: RegionID(home),
            allowed: allowed.map(RegionID.init),
            saviors: saviors
        )
    }

    private static let saviors = "regions with basis points that sum to 10000"

    private mutating func saviors(_ cursor: Cursor) -> SortedMap<RegionID, Int>? {
        guard let entries = self.entries(cursor, allowed: Self.saviors) else { return nil }
        var result = SortedMap<RegionID, Int>()
        var isWhole = true
        for (key, place) in entries {
            self.remember(place)
            guard self.isName(key, at: place.path),
                let points = self.integer(place, 1...10_000, unit: "basis points")
            else {
                isWhole = false
                continue
            }
            result[RegionID(key)] = points
        }
        let sum = result.values.reduce(0, +)
        if isWhole, sum != 10_000 {
            self.problem(cursor.path, found: "a sum of \(sum) basis points", allowed: "exactly 10000 (S04)")
        }
        return isWhole ? result : nil
    }

    /// A list of names, each once.
    private mutating func names(_ cursor: Cursor, most: Int, allowed: String) -> [String]? {
        guard let items = self.items(cursor, most: most, allowed: allowed) else { return nil }
        var names: [String] = []
        for item in items {
            guard let name = self.name(item) else { continue }
            if names.contains(name) {
                self.problem(item.path, found: "\(shown(name)) a second time", allowed: "each name once")
            } else {
                names.append(name)
            }
        }
        return names
    }
}
