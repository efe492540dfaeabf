import LeewardModel

/// One region's instances by service, and how many of each are ready to serve.
///
/// Made anew only where a report differs from the one before: listings of thousands of instances mostly do not.
struct Stock: Sendable {
    private var listing: [InstanceReport] = []
    private var endpoints: SortedMap<ServiceID, [InstanceID]>?
    /// In the order of the listing.
    private(set) var byService: SortedMap<ServiceID, [InstanceReport]> = [:]
    /// Live and ready instances that the proxy has as endpoints; nil while it has not said which it has.
    private(set) var ready: SortedMap<ServiceID, Int>?

    /// True where the listing is another than before.
    mutating func take(listing: [InstanceReport]) -> Bool {
        guard listing != self.listing else { return false }
        self.listing = listing
        self.byService = [:]
        for instance in Self.once(listing) {
            self.byService[instance.service, default: []].append(instance)
        }
        self.count()
        return true
    }

    /// A page that came twice makes nobody two (S06).
    private static func once(_ listing: [InstanceReport]) -> [InstanceReport] {
        let sorted = listing.map(\.id).sorted()
        guard zip(sorted, sorted.dropFirst()).contains(where: { $0 == $1 }) else { return listing }
        var seen = SortedMap<InstanceID, Bool>()
        return listing.filter { instance in
            defer { seen[instance.id] = true }
            return seen[instance.id] == nil
        }
    }

    mutating func take(endpoints: SortedMap<ServiceID, [InstanceID]>?) {
        guard endpoints != self.endpoints else { return }
        self.endpoints = endpoints
        self.count()
    }

    private mutating func count() {
        guard let endpoints = self.endpoints else {
            self.ready = nil
            return
        }
        self.ready = self.byService.compactMapValues(beside: endpoints) { _, instances, loaded in
            Self.count(instances, loaded ?? [])
        }
    }

    /// A service may have thousands of endpoints: they are put in order once, not gone through for each instance.
    private static func count(_ instances: [InstanceReport], _ loaded: [InstanceID]) -> Int {
        let known = SortedMap(loaded.sorted().map { ($0, true) })
        return instances.reduce(0) { count, instance in
            let serves = instance.membership == .live && instance.state == .ready && known[instance.id] != nil
            return count + (serves ? 1 : 0)
        }
    }
}
