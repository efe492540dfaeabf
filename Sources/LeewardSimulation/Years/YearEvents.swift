import LeewardModel

/// Everything that happens in one year, in the order of its beginning.
struct YearEvents: Sendable {
    /// Nothing lasts longer.
    static let longest = 6 * 3_600
    let all: [YearEvent]

    /// What may be going on between two times.
    func between(_ from: Int, _ to: Int) -> [YearEvent] {
        var low = 0
        var high = self.all.count
        while low < high {
            let middle = (low + high) / 2
            if self.all[middle].from < from - Self.longest { low = middle + 1 } else { high = middle }
        }
        return self.all[low...].prefix { $0.from < to }.filter { $0.to > from }
    }

    init(_ all: [YearEvent]) { self.all = all.sorted { ($0.from, $0.to) < ($1.from, $1.to) } }

    /// How many of a kind a year of a fleet brings, in the mean; docs/concepts/fleet-years.md tells why.
    static let perYear: [(YearEvent.Kind, Double)] = [
        (.outage, 8), (.hang, 2), (.blackout, 1), (.ingress, 2), (.unprobed, 2), (.ramp, 3), (.flap, 1.5),
        (.global, 3), (.twoRegions, 2),
        (.deploy, 24), (.spike, 8), (.match, 4), (.clientsLost, 4), (.calm, 6),
        (.gap, 6), (.late, 5), (.freeze, 4), (.notANumber, 2), (.sourceLost, 6), (.doubled, 3), (.restart, 4),
        (.agentSilent, 5), (.proxyRestart, 5), (.miscount, 2),
        (.vantageBroken, 5), (.tunnelClosed, 3), (.probesBroken, 1),
        (.hostRestart, 2), (.managementCut, 1), (.tunnelAndSource, 1), (.exporterStuck, 1),
    ]

    init(_ shape: YearShape) {
        var draws = Draws(shape.luck, subject: 2)
        var all: [YearEvent] = []
        for (kind, mean) in Self.perYear {
            // Where nobody but the region itself counts, a cut of everything is a blackout to whoever looks.
            guard kind != .managementCut || shape.hasEntered else { continue }
            let count = Int(mean) + (draws.chance(mean - Double(Int(mean))) ? 1 : 0)
            for _ in 0..<count {
                var from =
                    YearShape.start + 2 * YearShape.day + draws.number(0...((YearShape.days - 3) * YearShape.day))
                // Trouble does not come alone: one in seven begins within half an hour of something else.
                if !all.isEmpty, draws.chance(1.0 / 7) {
                    from = all[draws.number(0...(all.count - 1))].from + draws.number(-1_800...1_800)
                }
                all.append(Self.event(kind, from: from, regions: shape.regions.count, &draws))
            }
        }
        // Clocks change, and nothing else happens.
        for from in [YearCurve.summer.lowerBound, YearCurve.summer.upperBound] {
            all.append(YearEvent(kind: .calm, regions: [0], from: from - 300, to: from + 3_900, depth: 0, rise: 0))
        }
        self.init(all)
    }

    static func event(_ kind: YearEvent.Kind, from: Int, regions: Int, _ draws: inout Draws) -> YearEvent {
        let region = draws.number(0...(regions - 1))
        let everywhere = Array(0..<regions)
        var event = YearEvent(kind: kind, regions: [region], from: from, to: from, depth: 1, rise: 0)
        event.variant = draws.number(0...999)
        var length: (Double, Double) = (120, 1_800)
        switch kind {
        case .outage, .hang: event.depth = draws.between(0.1, 1)
        case .blackout: break
        case .ingress, .unprobed: event.depth = draws.between(0.15, 1)
        case .ramp:
            (event.depth, event.rise, length) = (draws.between(0.3, 1), draws.number(180...1_800), (1_200, 5_400))
        case .flap: (event.depth, event.variant) = (draws.between(0.4, 1), draws.number(10...60))
        case .global: (event.depth, event.regions) = (draws.between(0.2, 1), everywhere)
        case .twoRegions:
            event.depth = draws.between(0.2, 1)
            event.regions = [region, (region + 1) % regions].sorted()
        case .deploy:
            (event.depth, length) = (draws.between(0.005, 0.12), (20, 240))
            if draws.chance(0.3) { event.regions = everywhere }
            event.isAnnounced = draws.chance(0.6)
        case .spike:
            (event.depth, event.rise, length) = (draws.scaled(1.3, 5), draws.number(10...600), (1_200, 10_800))
            if draws.chance(0.3) { event.regions = everywhere }
        case .match:
            (event.depth, event.rise, length) = (draws.between(0.55, 0.9), draws.number(60...600), (5_400, 8_000))
        case .clientsLost:
            (event.depth, event.rise, length) = (draws.between(0.1, 0.6), draws.number(0...300), (1_200, 18_000))
        case .calm: length = (600, 1_800)
        case .sourceLost, .hostRestart, .tunnelAndSource, .alike: event.depth = draws.between(0.2, 0.8)
        case .doubled: event.depth = draws.between(0.2, 1)
        case .restart: length = (20, 20)
        case .miscount: event.depth = draws.between(0.3, 1)
        case .vantageBroken: event.depth = draws.between(0.5, 1)
        case .probesBroken: event.regions = everywhere
        default: break
        }
        if [.gap, .late, .freeze, .notANumber, .sourceLost, .doubled, .restart].contains(kind) {
            event.count = [.served, .entered, .both][draws.number(0...2)]
            if draws.chance(0.2) { event.regions = everywhere }
        }
        event.to = from + Int(draws.scaled(length.0, length.1))
        return event
    }
}
