import LeewardEngine
import LeewardModel
import LeewardPlanning
import LeewardSafety

/// A journal record as a person reads it.
enum Story {
    /// One word for the kind of record.
    static func name(_ record: Record) -> String {
        switch record {
        case .started: "started"
        case .leaseGained: "lease gained"
        case .leaseLost: "lease lost"
        case .verdict: "verdict"
        case .refused: "refused"
        case .opened: "opened"
        case .phase: "phase"
        case .held: "held"
        case .resumed: "resumed"
        case .approved: "approved"
        case .turned: "turned"
        case .rung: "rung"
        case .proven: "proven"
        case .stock: "stock"
        case .startTarget: "cold start"
        case .abandoned: "taken back"
        case .replanned: "replanned"
        case .entries: "entries"
        case .withdrawing: "withdrawing"
        case .thawing: "thawing"
        case .intent: "intent"
        case .outcome: "outcome"
        case .killed: "kill switch"
        case .pinned: "pin"
        case .acknowledged: "acknowledged"
        case .deployed: "deployed"
        case .advised: "advised"
        case .paged: "paged"
        case .asked: "asked"
        }
    }

    /// What it says; nil for intents and outcomes, which `full` adds.
    static func text(_ record: Record) -> String? {
        switch record {
        case .started(let epoch, let fleet): "a controller of \(fleet) acts under epoch \(epoch)"
        case .leaseGained(let epoch, let name): "\(name) leads under epoch \(epoch)"
        case .leaseLost(let epoch, let name, let reason): "\(name) led under epoch \(epoch): \(reason)"
        case .verdict(let verdict, let reason, _, _): "\(verdict): \(reason)"
        case .refused(let region, let principal, let findings):
            "\(region), asked by \(principal): \(findings.refusals.joined(separator: "; "))"
        case .opened(let evacuation, _):
            "\(evacuation.id) of \(evacuation.evacuee) by \(Words.origin(evacuation.origin)), plan \(evacuation.plan.hash)"
        case .phase(_, let phase, let reason, _): "\(phase.rawValue): \(reason)"
        case .held(_, let reason, _): reason
        case .resumed(_, let principal): "by \(principal)"
        case .approved(_, let principal, let hash): "plan \(hash) by \(principal)"
        case .turned(_, let ending, let reason): "the way back begins (\(ending.rawValue)): \(reason)"
        case .rung(_, let points, let generation, _, _):
            "\(Words.percent(points)) of the evacuee's part is moved, generation \(generation)"
        case .proven(_, let points, let evidence): "\(Words.percent(points)): \(evidence)"
        case .stock(_, let cluster, let instances): "\(instances.count) dark instances of \(cluster) are injected"
        case .abandoned(_, _, let reason): reason
        case .replanned(_, let plan, let regions, let reason):
            "without \(Words.list(regions)), plan \(plan.hash): \(reason)"
        case .startTarget(_, let cluster, let count): "\(cluster) is started up to \(count) instances"
        case .entries(_, let geography, let regions, let generation, _):
            "\(geography) enters at \(Words.list(regions)), generation \(generation)"
        case .withdrawing: "injected instances go home"
        case .thawing: "scale-down is given back"
        case .intent, .outcome: nil
        case .killed(let isKilled, let principal): "\(isKilled ? "on" : "off") by \(principal)"
        case .pinned(let geography, let isPinned, let principal):
            "\(geography) \(isPinned ? "pinned" : "released") by \(principal)"
        case .acknowledged(let principal): "by \(principal)"
        case .deployed(let deploy, let principal):
            "\(deploy.service) \(deploy.version) in \(Words.list(deploy.regions)), said by \(principal)"
        case .advised(let text): text
        case .paged(let text): text
        case .asked(let request): "\(request.by) asks for plan \(request.planHash); a second person has to agree"
        }
    }

    /// Like `text`, with effects and their outcomes.
    static func full(_ record: Record) -> String {
        switch record {
        case .intent(let fence, let effect): "\(fence.key): \(Self.effect(effect))"
        case .outcome(let key, let outcome): "\(key): \(Self.outcome(outcome))"
        default: Self.text(record) ?? ""
        }
    }

    /// The phase that the record enters; nil where it enters none.
    static func phase(_ record: Record) -> Phase? {
        switch record {
        case .opened(let evacuation, _): evacuation.phase
        case .phase(_, let phase, _, _): phase
        case .held: .held
        // Which phase it was comes with the next record; until then it works.
        case .resumed: .proposed
        case .turned: .returning
        default: nil
        }
    }

    /// Every gate's answer that stands with the record.
    static func findings(_ record: Record) -> [Finding] {
        switch record {
        case .refused(_, _, let findings), .opened(_, let findings), .phase(_, _, _, let findings),
            .rung(_, _, _, _, let findings), .entries(_, _, _, _, let findings):
            findings
        default: []
        }
    }

    /// What automation acted on, in order of weight; empty where the record says nothing of it.
    static func evidence(_ record: Record) -> [Evidence] {
        switch record {
        case .opened(let evacuation, _): evacuation.evidence ?? []
        case .verdict(_, _, _, let evidence): evidence?.values.flatMap { $0 } ?? []
        default: []
        }
    }

    static func effect(_ effect: Effect) -> String {
        switch effect {
        case .claimEdge(let region): "claim the edge of \(region)"
        case .publishEdge(let region, let generation, _): "publish generation \(generation) to the edge of \(region)"
        case .claimZone: "claim the zone"
        case .updateZone(let change):
            "publish generation \(change.newGeneration) to the zone: \(Words.list(change.sets.keys))"
        case .claimProvider(let region): "claim the provider of \(region)"
        case .freeze(let region, _): "freeze scale-down in \(region)"
        case .unfreeze(let region): "give scale-down back to \(region)"
        case .detach(let cluster, let instances, let from):
            "detach \(instances.count) of \(cluster) from \(from.rawValue)"
        case .attach(let cluster, let instances, let to): "attach \(instances.count) of \(cluster) to \(to.rawValue)"
        case .start(let cluster, let count): "start \(count) of \(cluster)"
        }
    }

    static func outcome(_ outcome: Outcome) -> String {
        switch outcome {
        case .done: "done"
        case .refused(let reason): "refused: \(reason)"
        case .failed(let reason): "failed: \(reason)"
        case .unknown(let reason): "unknown: \(reason)"
        }
    }
}
