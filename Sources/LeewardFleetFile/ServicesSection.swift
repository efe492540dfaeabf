import LeewardModel
import Yams

extension FleetReader {
    mutating func service(_ cursor: Cursor, name: String, regions: [RegionID]) -> ServiceSpec? {
        guard let fields = self.fields(cursor, ["path", "instanceCapacity", "critical"], optional: ["clusters"])
        else { return nil }
        let pathAllowed = "a path such as /play: parts of letters, digits, -, _ and dot, without a slash at the end"
        let path = self.field("path", of: fields, in: cursor, allowed: pathAllowed).flatMap {
            self.text($0, most: 200, allowed: pathAllowed, where: Self.isPath)
        }
        let capacityRange = 1...1_000_000
        let capacity = self.field(
            "instanceCapacity",
            of: fields,
            in: cursor,
            allowed: Allowed.integer(capacityRange, unit: "requests/s")
        ).flatMap { self.integer($0, capacityRange, unit: "requests/s") }
        let critical = self.field("critical", of: fields, in: cursor, allowed: "true or false").flatMap {
            self.flag($0)
        }
        var clusters = SortedMap<RegionID, ClusterSpec>()
        for region in regions { clusters[region] = ClusterSpec(live: "\(name)-live", shadow: "\(name)-shadow") }
        if let overrides = fields["clusters"] { self.override(&clusters, overrides, regions: regions) }
        guard let path, let capacity, let critical else { return nil }
        return ServiceSpec(path: path, instanceCapacity: capacity, isCritical: critical, clusters: clusters)
    }

    private mutating func override(
        _ clusters: inout SortedMap<RegionID, ClusterSpec>,
        _ cursor: Cursor,
        regions: [RegionID]
    ) {
        guard let entries = self.entries(cursor, allowed: "regions with the names of their live and shadow clusters")
        else { return }
        for (key, place) in entries {
            self.remember(place)
            // Where no region could be read, that is said once, at the regions.
            guard regions.isEmpty || regions.contains(RegionID(key)) else {
                self.problem(
                    place.path,
                    found: "no region of this file",
                    allowed: regions.map(\.text).joined(separator: ", ")
                )
                continue
            }
            guard let fields = self.fields(place, ["live", "shadow"]) else { continue }
            let live = self.cluster("live", of: fields, in: place)
            let shadow = self.cluster("shadow", of: fields, in: place)
            if let live, let shadow { clusters[RegionID(key)] = ClusterSpec(live: live, shadow: shadow) }
        }
    }

    private mutating func cluster(_ name: String, of fields: [String: Cursor], in parent: Cursor) -> String? {
        let allowed = "1 to 128 of letters, digits, -, _ and dot"
        return self.field(name, of: fields, in: parent, allowed: allowed).flatMap {
            self.text($0, most: 128, allowed: allowed) { !$0.isEmpty && $0.utf8.allSatisfy(Self.isWord) }
        }
    }

    private static func isPath(_ text: String) -> Bool {
        if text == "/" { return true }
        guard text.hasPrefix("/") else { return false }
        return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part != "." && part != ".." && part.utf8.allSatisfy(Self.isWord)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
