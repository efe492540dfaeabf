import LeewardModel

/// Which instances are endpoints after a listing.
enum EndpointRule {
    /// The new endpoints per service; nil where the listing proves nothing and everything stays.
    ///
    /// Endpoints are the instances listed as live and ready. A service never loses its last endpoints because a listing
    /// shows none (S21): those stay that are not listed as anything but live. A dark instance is never one of them.
    static func next(
        _ last: SortedMap<ServiceID, [LiveEndpoint]>,
        listing: CapacityReport,
        services: [ServiceID]
    ) -> SortedMap<ServiceID, [LiveEndpoint]>? {
        guard listing.isComplete, !listing.instances.isEmpty else { return nil }
        var dark: Set<InstanceID> = []
        for instance in listing.instances where instance.membership != .live { dark.insert(instance.id) }
        var result = last
        for service in services {
            let ready = listing.instances.filter {
                $0.service == service && $0.membership == .live && $0.state == .ready && !dark.contains($0.id)
            }
            let endpoints = ready.compactMap(LiveEndpoint.init)
            // An address that nobody can read says that the listing is not what it should be.
            guard endpoints.count == ready.count else { return nil }
            result[service] =
                endpoints.isEmpty ? (last[service] ?? []).filter { !dark.contains($0.id) } : Set(endpoints).sorted()
        }
        return result
    }
}
