public import LeewardModel

/// What becomes of a fleet file that was read again while Leeward runs: a pure decision that reads nothing.
public struct FleetReload: Sendable {
    /// The answer to one reading.
    public enum Decision: Hashable, Sendable {
        /// Nothing differs.
        case unchanged
        /// The new fleet is in force from now on.
        case accept(Fleet)
        /// The file is not valid: the fleet in force stays (S22).
        case keep(FleetFileError)
        /// The file is valid but weaker than what is in force, or another fleet: the fleet in force stays.
        case refuse([FleetChange])
    }

    /// The last valid fleet.
    public private(set) var inForce: Fleet

    public init(inForce: Fleet) { self.inForce = inForce }

    /// Decides, and takes the new fleet when it is accepted.
    public mutating func take(_ reading: Result<Fleet, FleetFileError>) -> Decision {
        let decision = self.decide(reading)
        if case .accept(let fleet) = decision { self.inForce = fleet }
        return decision
    }

    /// Decides without taking anything.
    public func decide(_ reading: Result<Fleet, FleetFileError>) -> Decision {
        switch reading {
        case .failure(let error): return .keep(error)
        case .success(let fleet):
            if fleet == self.inForce { return .unchanged }
            let changes = FleetChange.refused(from: self.inForce, to: fleet)
            return changes.isEmpty ? .accept(fleet) : .refuse(changes)
        }
    }
}

/// One change that a running Leeward does not take from a file.
public struct FleetChange: Hashable, Sendable, Codable, CustomStringConvertible {
    /// "limits.saviorLimit".
    public var path: String
    public var old: String
    public var new: String
    /// Why it is refused.
    public var reason: String

    /// `limits.saviorLimit: 8000 -> 9000 is refused: higher is looser, and ...`.
    public var description: String { "\(self.path): \(self.old) -> \(self.new) is refused: \(self.reason)" }

    private static let approval = "loosening a limit needs the approval of two people, which does not exist yet (S22)"
    private static let restart = "a running controller keeps its journal's names; stop it before such a change"

    /// Everything in `new` that is weaker than `old` or takes something away; empty when it may be taken.
    static func refused(from old: Fleet, to new: Fleet) -> [FleetChange] {
        var changes: [FleetChange] = []
        func refuse(_ path: String, _ before: String, _ after: String, _ reason: String) {
            changes.append(.init(path: path, old: before, new: after, reason: reason))
        }
        if old.name != new.name { refuse("fleet", old.name, new.name, Self.restart) }
        if old.zone.name != new.zone.name { refuse("zone.name", old.zone.name, new.zone.name, Self.restart) }
        for region in old.regions.keys where new.regions[region] == nil {
            refuse("regions.\(region)", "present", "absent", Self.restart)
        }
        for geography in old.geographies.keys where new.geographies[geography] == nil {
            refuse("geographies.\(geography)", "present", "absent", Self.restart)
        }
        for service in old.services.keys where new.services[service] == nil {
            refuse("services.\(service)", "present", "absent", Self.restart)
        }
        for rule in LimitRule.all where rule.isLooser(new.limits, than: old.limits) {
            let direction =
                switch rule.looser {
                case .higher: "higher is looser"
                case .lower: "lower is looser"
                case .fewerRungs: "leaving out a rung is looser"
                }
            refuse(
                "limits.\(rule.key)",
                rule.write(old.limits),
                rule.write(new.limits),
                "\(direction), and \(Self.approval)"
            )
        }
        for (path, before, after) in [
            ("policy.relief", old.policy.relief, new.policy.relief),
            ("policy.evacuation", old.policy.evacuation, new.policy.evacuation),
        ] where before < after {
            refuse(path, before.rawValue, after.rawValue, "it lets Leeward do more by itself, and \(Self.approval)")
        }
        changes += Self.weakerPlaces(from: old, to: new)
        return changes
    }

    /// Failure groups, residency and critical services are limits too, in all but name.
    private static func weakerPlaces(from old: Fleet, to new: Fleet) -> [FleetChange] {
        var changes: [FleetChange] = []
        func list(_ names: [some Identifier]) -> String { names.map(\.text).joined(separator: ", ") }
        for (id, before) in old.regions {
            guard let after = new.regions[id], !Set(before.failureGroups).isSubset(of: after.failureGroups) else {
                continue
            }
            changes.append(
                .init(
                    path: "regions.\(id).failureGroups",
                    old: list(before.failureGroups),
                    new: list(after.failureGroups),
                    reason: "fewer groups are looser (S02), and \(Self.approval)"
                )
            )
        }
        for (id, before) in old.geographies {
            guard let after = new.geographies[id], !Set(after.allowed).isSubset(of: before.allowed) else { continue }
            changes.append(
                .init(
                    path: "geographies.\(id).allowed",
                    old: list(before.allowed),
                    new: list(after.allowed),
                    reason: "more regions are looser (S40), and \(Self.approval)"
                )
            )
        }
        for (id, before) in old.services {
            guard let after = new.services[id], before.isCritical, !after.isCritical else { continue }
            changes.append(
                .init(
                    path: "services.\(id).critical",
                    old: "true",
                    new: "false",
                    reason: "the capacity gate would no longer count it (S06), and \(Self.approval)"
                )
            )
        }
        return changes
    }
}
