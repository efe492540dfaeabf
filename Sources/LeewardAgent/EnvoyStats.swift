import LeewardModel

/// Envoy's statistics, read as counters of users.
struct EnvoyStats: Hashable, Sendable {
    private var values: [String: Int] = [:]

    /// Patterns of the statistics that the proxy keeps; everything else only costs memory and time.
    static let kept = [
        #"cluster\.(live|probe|to)/[^.]*\.upstream_rq_(total|active|2xx|4xx|5xx|completed|retry|cancelled|pending_active|pending_overflow|pending_failure_eject)"#,
        #"cluster\.(live|probe|to)/[^.]*\.upstream_cx_(active|none_healthy|connect_fail)"#,
        #"cluster\.(live|probe|to)/[^.]*\.(membership_(change|total)|update_(success|rejected|failure))"#,
        #"cluster_manager\.cds\.update_(success|rejected|failure)"#,
        #"http\.users\.rds\.users\.(config_reload|update_(success|rejected|failure))"#,
        #"http\.(users|tunnel)\.(downstream_(cx|rq)_(active|total)|jwt_authn\.(allowed|denied))"#,
        #"vhost\.[^.]*\.route\.[^.]*\.upstream_rq_(total|2xx|4xx|5xx|completed)"#,
        #"entered/[^.]*\.http_local_rate_limit\.enabled"#,
        #"server\.(live|uptime|memory_allocated)"#,
    ]

    /// Reads the text of `/stats`: one "name: number" a line; other lines are skipped.
    init(_ text: [UInt8]) {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line.index(after: colon) < line.endIndex else {
                continue
            }
            let digits = line[(colon + 2)...]
            guard !digits.isEmpty, digits.count < 19, digits.allSatisfy({ (48...57).contains($0) }) else { continue }
            let number = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
            self.values[String(decoding: line[..<colon], as: UTF8.self)] = number
        }
    }

    var isEmpty: Bool { self.values.isEmpty }

    subscript(name: String) -> Int { self.values[name] ?? 0 }

    /// Changes when the proxy took a new route or endpoint file.
    func signature(_ settings: AgentSettings) -> [Int] {
        var result = [self["http.users.rds.users.config_reload"], self["http.users.rds.users.update_success"]]
        for service in settings.fleet.services.keys {
            let cluster = "cluster.\(EnvoyClusters.live(service))."
            result += [self[cluster + "membership_change"], self[cluster + "update_success"]]
        }
        return result
    }

    /// Files that the proxy did not take since it started.
    func rejections(_ settings: AgentSettings) -> Int {
        var sources = ["http.users.rds.users.", "cluster_manager.cds."]
        for service in settings.fleet.services.keys {
            sources.append("cluster.\(EnvoyClusters.live(service)).")
            sources.append("cluster.\(EnvoyClusters.probe(service)).")
        }
        return sources.reduce(0) { $0 + self[$1 + "update_rejected"] + self[$1 + "update_failure"] }
    }

    /// Users by where they entered and by what served them.
    ///
    /// Envoy has no gauge per geography: `active` of the part that stayed in this region is 0.
    func counters(proxyStart: Int64, _ settings: AgentSettings) -> EdgeCounters {
        var entered = SortedMap<GeographyID, SortedMap<RegionID, RequestCounts>>()
        for geography in settings.fleet.geographies.keys {
            var parts = SortedMap<RegionID, RequestCounts>()
            let route = "vhost.\(geography).route.\(geography)."
            var own = RequestCounts(
                started: self[EnvoyRoutes.arrivalsCounter(geography)],
                good: self[route + "upstream_rq_2xx"],
                failed: self[route + "upstream_rq_5xx"]
            )
            for region in settings.others {
                let counts = self.cluster(EnvoyClusters.to(geography, region))
                parts[region] = counts
                own.started = max(0, own.started - counts.started)
                own.good = max(0, own.good - counts.good)
                own.failed = max(0, own.failed - counts.failed)
            }
            own.started = max(own.started, own.good + own.failed)
            parts[settings.region] = own
            entered[geography] = parts
        }
        var served = SortedMap<ServiceID, RequestCounts>()
        for service in settings.fleet.services.keys { served[service] = self.cluster(EnvoyClusters.live(service)) }
        return EdgeCounters(proxyStart: proxyStart, entered: entered, served: served)
    }

    /// Requests of one cluster.
    ///
    /// `upstream_rq_total` counts attempts that got a connection. Those that got none, or were given up before, are
    /// added; repeated attempts are taken off.
    private func cluster(_ name: String) -> RequestCounts {
        let prefix = "cluster.\(name)."
        let good = self[prefix + "upstream_rq_2xx"]
        let failed = self[prefix + "upstream_rq_5xx"]
        let waiting = self[prefix + "upstream_rq_pending_active"]
        let attempts =
            self[prefix + "upstream_rq_total"] + self[prefix + "upstream_cx_none_healthy"]
            + self[prefix + "upstream_rq_pending_overflow"] + self[prefix + "upstream_rq_pending_failure_eject"]
            + self[prefix + "upstream_rq_cancelled"] + waiting
        return RequestCounts(
            started: max(attempts - self[prefix + "upstream_rq_retry"], good + failed),
            good: good,
            failed: failed,
            active: self[prefix + "upstream_rq_active"] + waiting
        )
    }
}

extension EdgeCounters {
    /// These counters, none of them below an earlier reading of the same proxy: a reading takes its numbers one after
    /// the other, and a difference of two may go back by a request or two.
    func notBelow(_ earlier: EdgeCounters?) -> EdgeCounters {
        guard let earlier, earlier.proxyStart == self.proxyStart else { return self }
        var result = self
        for (geography, parts) in self.entered {
            for (region, counts) in parts {
                result.entered[geography]?[region] = counts.notBelow(earlier.entered[geography]?[region])
            }
        }
        for (service, counts) in self.served { result.served[service] = counts.notBelow(earlier.served[service]) }
        return result
    }
}

extension RequestCounts {
    fileprivate func notBelow(_ earlier: RequestCounts?) -> RequestCounts {
        guard let earlier else { return self }
        return .init(
            started: max(self.started, earlier.started),
            good: max(self.good, earlier.good),
            failed: max(self.failed, earlier.failed),
            active: self.active
        )
    }
}
