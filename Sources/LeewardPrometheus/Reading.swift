import LeewardModel

/// Turns series into samples of known regions and services.
struct Reading: Sendable {
    var signal: Signal
    var regions: [RegionID]
    var services: [ServiceID]

    /// More kinds of clients than this are no kinds: a regression over them would learn nothing.
    static let mostClients = 16

    /// Two series with the same labels mean that the expression does not sum: neither is the whole, so it is an error.
    func samples(_ series: [StoreSeries]) throws(StoreError) -> [Sample] {
        var samples: [Sample] = []
        var seen = Set<String>()
        var kinds = Set<String>()
        for one in series {
            guard let region = one.labels["region"].map({ RegionID($0) }), self.regions.contains(region) else {
                continue
            }
            var service: ServiceID?
            if self.signal == .load {
                guard let named = one.labels["service"].map({ ServiceID($0) }), self.services.contains(named) else {
                    continue
                }
                service = named
            } else if self.signal == .clients {
                guard let kind = one.labels["client"], !kind.isEmpty else {
                    throw StoreError("a series of \(region) has no label client: use sum by (region, client)")
                }
                service = ServiceID(kind)
                kinds.insert(kind)
                guard kinds.count <= Self.mostClients else {
                    throw StoreError("more than \(Self.mostClients) kinds of clients: group them with label_replace")
                }
            }
            let name = "\(region)/\(service?.text ?? "")"
            guard seen.insert(name).inserted else {
                let labels =
                    switch self.signal {
                    case .load: "region, service"
                    case .clients: "region, client"
                    case .served, .entered: "region"
                    }
                throw StoreError("two series of \(region)\(service.map { ", \($0)" } ?? ""): use sum by (\(labels))")
            }
            for point in one.points {
                samples.append(
                    .init(signal: self.signal, region: region, service: service, time: point.time, value: point.value)
                )
            }
        }
        return samples
    }

    /// The samples whose window held raw points of most series that the region ever had in this answer.
    static func covered(_ samples: [Sample], by coverage: [StoreSeries]) -> [Sample] {
        var counts = SortedMap<RegionID, SortedMap<WallTime, Double>>()
        for series in coverage {
            guard let region = series.labels["region"].map({ RegionID($0) }) else { continue }
            for point in series.points where point.value.isFinite {
                counts[region, default: [:]][point.time, default: 0] += point.value
            }
        }
        return samples.filter { sample in
            guard let own = counts[sample.region], let count = own[sample.time] else { return false }
            return count * 4 >= (own.values.max() ?? 0) * 3
        }
    }
}
