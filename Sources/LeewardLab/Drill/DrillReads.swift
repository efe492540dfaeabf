import Foundation
import LeewardHTTP
import LeewardModel
import LeewardProviders

/// What a drill reads back from the world: never what somebody wanted it to be.
extension Lab {
    /// The shares that each answering proxy has loaded.
    func loadedShares() async -> SortedMap<RegionID, ObservedShares> {
        await withTaskGroup(of: (RegionID, ObservedShares?).self) { group in
            for region in self.fleet.regions.keys {
                group.addTask {
                    let report = try? await self.edge(region)
                    return (region, report?.loaded?.shares.mapValues { $0.shares.mapValues(\.basisPoints) })
                }
            }
            var tables = SortedMap<RegionID, ObservedShares>()
            for await (region, table) in group { tables[region] = table }
            return tables
        }
    }

    /// Where users of each geography are sent by the proxy of their home region; by another one where that does not answer.
    func shares(from tables: SortedMap<RegionID, ObservedShares>) -> ObservedShares {
        var shares = ObservedShares()
        for (geography, spec) in self.fleet.geographies {
            shares[geography] = (tables[spec.home] ?? tables.values.first)?[geography]
        }
        return shares
    }

    /// Every answering provider's instances.
    func allCapacity() async -> [CapacityReport] {
        await withTaskGroup(of: CapacityReport?.self) { group in
            for region in self.fleet.regions.keys { group.addTask { try? await self.capacity(region) } }
            var reports: [CapacityReport] = []
            for await report in group { if let report { reports.append(report) } }
            return reports.sorted { $0.region < $1.region }
        }
    }

    /// Addresses of every geography's name at the authoritative server.
    func authoritativeAddresses() -> SortedMap<GeographyID, [String]> {
        self.fleet.geographies.mapValues {
            Probe.addresses(of: $0.host, at: self.layout.dnsAddress, port: self.layout.dnsPort).sorted()
        }
    }

    /// Instances that run and are in no cluster, or that no provider knows of.
    func orphans() async throws -> [String] {
        var members = Set<String>()
        for region in self.fleet.regions.keys {
            for instance in try await self.capacity(region).instances where instance.membership != .none {
                members.insert(instance.id.text)
            }
        }
        return self.instancesInProcessTable().filter { !members.contains($0) }
    }

    /// Instances that the providers have moved into and out of live clusters, from their own logs.
    func ledger() async throws -> DrillRecord.Ledger {
        var ledger = DrillRecord.Ledger()
        for region in self.fleet.regions.keys {
            let response = try await HTTPClient().send(
                HTTPRequest("GET", "/v1/log"),
                to: .unix(path: self.layout.providerSocket(region)),
                within: .seconds(5)
            )
            guard response.status == 200 else { throw LabError("the provider of \(region) shows no log") }
            for applied in try JSONDecoder().decode([AppliedEffect].self, from: Data(response.body)) {
                switch applied.effect {
                case .attach(_, let instances, to: .live): ledger.injected += instances.count
                case .attach(_, let instances, to: .shadow): ledger.withdrawn += instances.count
                default: break
                }
            }
        }
        ledger.orphans = try await self.orphans().count
        return ledger
    }

    /// What the shares become when the region is evacuated as the fleet file says.
    func evacuatedShares(of region: RegionID, from before: ObservedShares) -> ObservedShares {
        var shares = before
        for (geography, spec) in self.fleet.geographies {
            guard let row = before[geography], let vector = try? ShareVector(row) else { continue }
            let moved = vector.moving(10_000, from: region, to: spec.saviors)
            shares[geography] = moved.shares.mapValues(\.basisPoints)
        }
        return shares
    }
}
