import LeewardModel

extension World {
    /// Seconds of requests that wait before a cluster turns them away.
    private static let queue = 0.5
    /// Requests per second of one vantage to one target.
    private static let probesPerSecond: Int64 = 5

    /// Lets time pass up to `time`: users arrive, instances boot, probes run, buckets close.
    mutating func advance(to time: Int64) {
        if !self.shape.receivers.stands(.keepsTable) {
            for edge in self.edges.indices { self.edges[edge].forget(self.fleet.homeShares, at: self.now, self.names) }
        }
        while self.now < time {
            let next = min(time, self.metrics.nextEnd)
            self.slice(until: next)
            if next == self.metrics.nextEnd { self.metrics.close() }
        }
    }

    private mutating func slice(until end: Int64) {
        for region in self.providers.indices { self.providers[region].boot(by: self.now) }
        if self.now <= self.enteringSettles + 5000 { self.findEntries() }
        let seconds = Double(end - self.now) / 1000
        self.serve(seconds)
        self.probe(until: end)
        if self.now / Autoscaler.period != end / Autoscaler.period { self.scale(end) }
        self.now = end
        for region in self.providers.indices { self.providers[region].boot(by: end) }
    }

    private mutating func serve(_ seconds: Double) {
        let regions = self.names.regions.count
        let services = self.names.services.count
        var amounts: [Double] = []
        amounts.reserveCapacity(self.names.geographies.count)
        var offered = Array(repeating: 0.0, count: regions)
        for geography in self.names.geographies.indices {
            let amount = self.arriving(geography) * seconds
            amounts.append(amount)
            for entry in 0..<regions where !self.trouble.regions[entry].isEdgeDown {
                let part = amount * self.entering[geography * regions + entry]
                guard part > 0 else { continue }
                for region in 0..<regions where self.isReached(region, from: entry) {
                    offered[region] += part * self.edges[entry].parts[geography * regions + region]
                }
            }
        }
        for region in 0..<regions { self.work(region, offered[region], seconds, services) }
        for geography in self.names.geographies.indices { self.count(geography, amounts[geography]) }
    }

    /// True where an edge's requests get through to a region's instances; its own are never far.
    private func isReached(_ region: Int, from entry: Int) -> Bool {
        region == entry || !self.trouble.regions[region].isEdgeDown && self.trouble.regions[entry].reaches(region)
    }

    /// Requests per second of a geography now; the same in every run of the seed.
    func arriving(_ geography: Int) -> Double {
        let wall = self.shape.startsAt.milliseconds + self.now
        let noise = self.luck.unit(.noise, geography, self.now / 5000) - 0.5
        return self.usual(geography, at: wall) * self.trouble.surge[geography] * (1 + 0.04 * noise)
    }

    /// What one region's instances do with what is offered: what exceeds them and their short queue fails.
    private mutating func work(_ region: Int, _ offered: Double, _ seconds: Double, _ services: Int) {
        let trouble = self.trouble.regions[region]
        let usual = 1 - Double(self.shape.usualFailures) / 10_000
        var good = 0.0
        let serving = self.providers[region].serving
        let (mix, capacity, lines) = (self.mix, self.instanceCapacity, self.lines)
        // Taken out while they change: each access through the world would look for other owners.
        var (counts, load, backlog): ([RequestCounts], [Double], [Double]) = ([], [], [])
        swap(&counts, &self.edges[region].served)
        swap(&load, &self.load)
        swap(&backlog, &self.backlog)
        defer {
            swap(&counts, &self.edges[region].served)
            swap(&load, &self.load)
            swap(&backlog, &self.backlog)
        }
        for service in 0..<services {
            let cell = region * services + service
            let demand = offered * mix[service]
            let perSecond = Double(serving[service]) * capacity[service]
            // Batch jobs keep the instances busy, which is what an autoscaler sees, and leave the rest to users.
            let carried = perSecond * trouble.capacity * (1 - trouble.batch)
            load[cell] = (seconds > 0 ? demand / seconds : 0) + perSecond * trouble.batch
            let waiting = backlog[cell] + demand
            let done = min(waiting, carried * seconds)
            let left = min(waiting - done, carried * Self.queue)
            backlog[cell] = left
            let turnedAway = waiting - done - left
            let taken = demand > 0 ? max(0, 1 - turnedAway / demand) : (carried > 0 ? 1 : 0)
            let part = trouble.isHung ? 0 : taken * trouble.success(of: service) * usual
            good += mix[service] * part
            guard demand > 0 else { continue }
            let started = lines.started[cell].whole(demand, self.now)
            // Failures are drawn, not successes: a rounded good count would show failures that nobody had.
            let bad = min(started, lines.failed[cell].whole(demand * (1 - part), self.now))
            counts[service].started += started
            counts[service].good += started - bad
            if !trouble.isHung { counts[service].failed += bad }
        }
        self.goodPart[region] = good
        self.noteHurt(region, offered > 0 ? good : self.promised(region))
    }

    /// Part of all requests that a region's instances would answer well if there were enough of them, 0...1.
    func promised(_ region: Int) -> Double {
        let trouble = self.trouble.regions[region]
        guard !trouble.services.isEmpty else { return trouble.success }
        return self.mix.indices.reduce(0) { $0 + self.mix[$1] * trouble.success(of: $1) }
    }

    /// True where users' requests reached its instances in the last slice.
    func serves(_ region: Int) -> Bool {
        let services = self.names.services.count
        return self.load[region * services..<(region + 1) * services].contains { $0 > 0 }
    }

    /// Below the limit of a dip and a little more, nobody can call the region well.
    private mutating func noteHurt(_ region: Int, _ good: Double) {
        let trouble = self.trouble.regions[region]
        let isOut = trouble.isHung || trouble.isEdgeDown
        if isOut || good < 0.99 { self.hurtLast[region] = self.now }
        if isOut || good < Double(self.shape.limits.dipBelow) / 10_000 - 0.03 {
            self.hurtSince[region] = self.hurtSince[region] ?? self.now
        } else {
            self.hurtSince[region] = nil
        }
    }

    /// Books one geography's requests at the edges and with the users.
    private mutating func count(_ geography: Int, _ amount: Double) {
        let regions = self.names.regions.count
        var allGood = 0.0
        for entry in 0..<regions {
            let part = amount * self.entering[geography * regions + entry]
            guard part > 0, !self.trouble.regions[entry].isEdgeDown else { continue }
            for region in 0..<regions {
                let cell = geography * regions + region
                let piece = part * self.edges[entry].parts[cell]
                guard piece > 0 else { continue }
                let isReached = self.isReached(region, from: entry)
                let good = isReached ? piece * self.goodPart[region] : 0
                let isHung = isReached && self.trouble.regions[region].isHung
                allGood += good
                self.metrics.served[region] += good
                self.metrics.entered[entry] += good
                let subject = entry * 1000 + cell
                let started = self.luck.whole(piece, .started, subject, self.now)
                let bad = min(started, self.luck.whole(piece - good, .good, subject, self.now))
                self.edges[entry].entered[cell] =
                    self.edges[entry].entered[cell]
                    + RequestCounts(started: started, good: started - bad, failed: isHung ? 0 : bad)
            }
        }
        self.tally.add(amount, failed: amount - allGood, of: geography, at: self.now)
    }

    /// Full transactions from every region's agent through every region's edge, pinned to its own instances.
    private mutating func probe(until end: Int64) {
        let period = 1000 / Self.probesPerSecond
        let attempts = Int(end / period - self.now / period)
        guard attempts > 0 else { return }
        let regions = self.names.regions.count
        for target in 0..<regions {
            let trouble = self.trouble.regions[target]
            let usual = 1 - Double(self.shape.usualFailures) / 10_000
            let chance = trouble.isEdgeDown || trouble.isHung ? 0 : min(1, self.goodPart[target] / usual)
            for vantage in 0..<regions {
                let chance = vantage == target || self.trouble.regions[vantage].reaches(target) ? chance : 0
                var good = attempts
                if chance < 0.9999 {
                    let subject = vantage * regions + target
                    good = min(attempts, self.luck.whole(Double(attempts) * chance, .probe, subject, end))
                }
                self.edges[vantage].probes[target].attempts += attempts
                self.edges[vantage].probes[target].good += self.trouble.regions[vantage].isEdgeDown ? 0 : good
            }
        }
    }

    private mutating func scale(_ end: Int64) {
        let services = self.names.services.count
        for region in self.providers.indices {
            let load = Array(self.load[region * services..<(region + 1) * services])
            self.autoscaler.look(
                at: &self.providers[region],
                load: load,
                capacity: self.instanceCapacity,
                readyAt: end + self.shape.coldStart.milliseconds,
                self.names
            )
        }
    }

    /// Where each geography's users arrive, given what resolvers said and how long clients keep it.
    mutating func findEntries() {
        let regions = self.names.regions.count
        let geographies = self.names.geographies.count
        self.entering = Array(repeating: 0, count: geographies * regions)
        self.enteringSettles = .min / 4
        for server in self.servers.indices {
            for geography in 0..<geographies {
                let history = self.entries[server * geographies + geography]
                for group in self.shape.clients {
                    let weight = Double(group.part) / 10_000 / Double(self.servers.count)
                    let keeps = group.keeps.milliseconds
                    history.add(weight, keeps: keeps, at: self.now, to: &self.entering, from: geography * regions)
                    self.enteringSettles = max(self.enteringSettles, history.settles(after: keeps))
                }
            }
        }
    }
}
