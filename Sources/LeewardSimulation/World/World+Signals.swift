import LeewardModel

extension World {
    /// The metrics store's answer now, with whatever is wrong with it.
    func signals() -> SignalReport {
        let off = Span.milliseconds(self.trouble.clockOff)
        let readAt = self.wall(at: self.now) + off
        if self.trouble.isStoreDown {
            return SignalReport(readAt: readAt, live: [], baseline: [], problem: "the store refused the connection")
        }
        var live: [Sample] = []
        live.reserveCapacity(self.names.regions.count * 2 * self.metrics.buckets.count)
        for region in self.names.regions.indices {
            let since = self.telemetrySince[region] ?? 0
            let view = SeriesView(self.trouble.regions[region].telemetry, since: since, now: self.now)
            self.add(.served, of: region, view, to: &live) { $0.served[region] }
            self.add(.entered, of: region, view, to: &live) { $0.entered[region] }
        }
        // A clock that is wrong stamps what arrives, and finds other times of the past.
        for index in live.indices where off != .zero { live[index].time = live[index].time + off }
        return SignalReport(readAt: readAt, live: live, baseline: self.baseline(at: readAt))
    }

    private func add(
        _ signal: Signal,
        of region: Int,
        _ view: SeriesView,
        to live: inout [Sample],
        value: (MetricPipeline.Bucket) -> Double
    ) {
        var last = 0.0
        for bucket in self.metrics.buckets where bucket.end <= view.until {
            if bucket.end <= view.frozenFrom { last = value(bucket) }
            let whole = bucket.end > view.frozenFrom ? last : value(bucket)
            live.append(
                Sample(
                    signal: signal,
                    region: self.names.regions[region],
                    time: self.wall(at: bucket.end),
                    value: bucket.end > view.nanFrom ? .nan : whole * (bucket.end > view.partFrom ? view.part : 1)
                )
            )
        }
    }

    /// The same times one day and one to four weeks ago, when nothing was wrong.
    private func baseline(at readAt: WallTime) -> [Sample] {
        var samples: [Sample] = []
        let days: [Int64] = [28, 21, 14, 7, 1]
        let times = days.flatMap { days in
            let minutes: [Int64] = [-4, 0, 4]
            return minutes.map { readAt - .days(days) + .minutes($0) }
        }
        samples.reserveCapacity(self.names.regions.count * 2 * times.count)
        for region in self.names.regions.indices {
            let name = self.names.regions[region]
            let values = times.map { self.usualOfHome(region, at: $0.milliseconds) }
            for signal in [Signal.served, .entered] {
                for (time, value) in zip(times, values) {
                    samples.append(Sample(signal: signal, region: name, time: time, value: value))
                }
            }
        }
        return samples
    }

    /// Good starts per second that a region's own users made on an ordinary day.
    private func usualOfHome(_ region: Int, at wall: Int64) -> Double {
        var sum = 0.0
        for geography in self.names.homes.indices where self.names.homes[geography] == region {
            sum += self.usual(geography, at: wall)
        }
        return sum * (1 - Double(self.shape.usualFailures) / 10_000)
    }

    /// Days of five-minute history of both business series and of every service's load, region by region, oldest first.
    func history() -> [Sample] {
        var samples: [Sample] = []
        let end = self.wall(at: self.now)
        let count = Int64(self.shape.historyDays) * 288
        for region in self.names.regions.indices {
            let name = self.names.regions[region]
            let points = (0..<count).map { index in
                let time = end - .minutes((count - index) * 5)
                let noise = self.luck.unit(.noise, 100 + region, time.milliseconds / 300_000) - 0.5
                return (time: time, value: self.usualOfHome(region, at: time.milliseconds) * (1 + 0.02 * noise))
            }
            for signal in [Signal.served, .entered] {
                samples += points.map { Sample(signal: signal, region: name, time: $0.time, value: $0.value) }
            }
            for service in self.names.services.indices {
                let part = self.mix[service]
                samples += points.map {
                    Sample(
                        signal: .load,
                        region: name,
                        service: self.names.services[service],
                        time: $0.time,
                        value: $0.value * part
                    )
                }
            }
        }
        return samples
    }
}
