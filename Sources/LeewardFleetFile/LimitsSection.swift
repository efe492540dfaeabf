import LeewardModel
import Yams

extension FleetReader {
    private static let soak = ["min", "max"]
    private static let ladder = ["emergency", "gentle"]

    /// Every limit, each within its own range; how they bear on each other is checked afterwards.
    mutating func limits(_ cursor: Cursor) -> Limits? {
        let names = LimitRule.all.map { $0.key.prefix { $0 != "." } }.map(String.init)
        var top: [String] = []
        for name in names where !top.contains(name) { top.append(name) }
        guard let fields = self.fields(cursor, top) else { return nil }
        var groups: [String: (cursor: Cursor, fields: [String: Cursor])] = [:]
        for (name, keys) in [("ladder", Self.ladder), ("soak", Self.soak)] {
            guard
                let group = self.field(
                    name,
                    of: fields,
                    in: cursor,
                    allowed: "a mapping with the keys \(keys.joined(separator: ", "))"
                ),
                let inner = self.fields(group, keys)
            else { continue }
            groups[name] = (group, inner)
        }

        var spans: [String: Span] = [:]
        var integers: [String: Int] = [:]
        var ladders: [String: [Int]] = [:]
        for rule in LimitRule.all {
            let parts = rule.key.split(separator: ".").map(String.init)
            let place: Cursor?
            if parts.count == 2 {
                guard let group = groups[parts[0]] else { continue }
                place = self.field(parts[1], of: group.fields, in: group.cursor, allowed: rule.allowed)
            } else {
                place = self.field(rule.key, of: fields, in: cursor, allowed: rule.allowed)
            }
            guard let place else { continue }
            switch rule.form {
            case .span(let range): spans[rule.key] = self.span(place, range)
            case .integer(let range, let unit): integers[rule.key] = self.integer(place, range, unit: unit)
            case .ladder: ladders[rule.key] = self.rungs(place, allowed: rule.allowed)
            }
        }
        self.checkOrder(spans, integers)

        guard let bucket = spans["bucket"], let staleAfter = spans["staleAfter"], let dipBelow = integers["dipBelow"],
            let reliefAfter = integers["reliefAfter"], let reliefReturnAfter = spans["reliefReturnAfter"],
            let maxReliefs = integers["maxReliefs"], let reliefWindow = spans["reliefWindow"],
            let hardenAfter = spans["hardenAfter"], let hardenAfterRelieved = spans["hardenAfterRelieved"],
            let emergency = ladders["ladder.emergency"], let gentle = ladders["ladder.gentle"],
            let soakMin = spans["soak.min"], let soakMax = spans["soak.max"],
            let saviorLimit = integers["saviorLimit"], let maxRegionShare = integers["maxRegionShare"],
            let residual = integers["residual"], let residualFor = spans["residualFor"],
            let stableFor = spans["stableFor"], let blockWindow = spans["blockWindow"],
            let maxAutomaticPerDay = integers["maxAutomaticPerDay"], let dnsTTL = spans["dnsTTL"],
            let dnsMaxChange = integers["dnsMaxChange"], let freezeCheck = spans["freezeCheck"],
            let callTimeout = spans["callTimeout"], let maxAttempts = integers["maxAttempts"],
            let callsPerSecond = integers["callsPerSecond"]
        else { return nil }
        return Limits(
            bucket: bucket,
            staleAfter: staleAfter,
            dipBelow: dipBelow,
            reliefAfter: reliefAfter,
            reliefReturnAfter: reliefReturnAfter,
            maxReliefs: maxReliefs,
            reliefWindow: reliefWindow,
            hardenAfter: hardenAfter,
            hardenAfterRelieved: hardenAfterRelieved,
            emergencyLadder: emergency,
            gentleLadder: gentle,
            soakMin: soakMin,
            soakMax: soakMax,
            saviorLimit: saviorLimit,
            maxRegionShare: maxRegionShare,
            residual: residual,
            residualFor: residualFor,
            stableFor: stableFor,
            blockWindow: blockWindow,
            maxAutomaticPerDay: maxAutomaticPerDay,
            dnsTTL: dnsTTL,
            dnsMaxChange: dnsMaxChange,
            freezeCheck: freezeCheck,
            callTimeout: callTimeout,
            maxAttempts: maxAttempts,
            callsPerSecond: callsPerSecond
        )
    }

    private mutating func rungs(_ cursor: Cursor, allowed: String) -> [Int]? {
        guard let items = self.items(cursor, most: 64, allowed: allowed) else { return nil }
        var rungs: [Int] = []
        for item in items {
            guard let rung = self.integer(item, 1...10_000, unit: "basis points") else { return nil }
            rungs.append(rung)
        }
        for (index, pair) in zip(rungs, rungs.dropFirst()).enumerated() where pair.0 >= pair.1 {
            self.problem("\(cursor.path)[\(index + 1)]", found: "\(pair.1) after \(pair.0)", allowed: allowed)
            return nil
        }
        if let first = rungs.first, first > 100 {
            self.problem("\(cursor.path)[0]", found: "\(first), no canary", allowed: allowed)
            return nil
        }
        guard rungs.last == 10_000 else {
            self.problem(cursor.path, found: "a ladder that ends at \(rungs.last ?? 0)", allowed: allowed)
            return nil
        }
        return rungs
    }

    /// Limits that make no sense beside each other.
    private mutating func checkOrder(_ spans: [String: Span], _ integers: [String: Int]) {
        if let minimum = spans["soak.min"], let maximum = spans["soak.max"], minimum > maximum {
            self.problem(
                "limits.soak.max",
                found: "\(Plain.write(maximum)), shorter than soak.min",
                allowed: "at least soak.min, \(Plain.write(minimum))"
            )
        }
        if let bucket = spans["bucket"], let stale = spans["staleAfter"], !(bucket * 2...bucket * 10).contains(stale) {
            self.problem(
                "limits.staleAfter",
                found: Plain.write(stale),
                allowed: "2 to 10 buckets, \(Plain.write(bucket * 2))...\(Plain.write(bucket * 10))"
            )
        }
        if let bucket = spans["bucket"], let buckets = integers["reliefAfter"], let harden = spans["hardenAfter"],
            harden < bucket * buckets
        {
            self.problem(
                "limits.hardenAfter",
                found: Plain.write(harden),
                allowed: "at least reliefAfter buckets, \(Plain.write(bucket * buckets)): relief comes first"
            )
        }
        if let harden = spans["hardenAfter"], let relieved = spans["hardenAfterRelieved"], relieved < harden {
            self.problem(
                "limits.hardenAfterRelieved",
                found: Plain.write(relieved),
                allowed: "at least hardenAfter, \(Plain.write(harden))"
            )
        }
        if let ttl = spans["dnsTTL"], ttl.milliseconds % 1000 != 0 {
            self.problem("limits.dnsTTL", found: Plain.write(ttl), allowed: "whole seconds, as DNS has no others")
        }
    }
}
