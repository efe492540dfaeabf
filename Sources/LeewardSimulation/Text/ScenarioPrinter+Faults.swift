import LeewardEngine
import LeewardModel

extension ScenarioPrinter {
    static func text(_ fault: Fault) -> String {
        switch fault {
        case .successRate(let region, let points):
            "region \(self.word(region.text)) serves \(Units.text(points: points))"
        case .successRateEverywhere(let points): "regions serve \(Units.text(points: points))"
        case .serviceRate(let service, let region, let points):
            (region.map { "region \(self.word($0.text)) serves" } ?? "regions serve")
                + " \(Units.text(points: points)) of \(self.word(service.text))"
        case .hang(let region): "region \(self.word(region.text)) hangs"
        case .capacity(let region, let points):
            "region \(self.word(region.text)) carries \(Units.text(points: points))"
        case .edgeDown(let region): "edge \(self.word(region.text)) down"
        case .agentSilent(let region): "agent \(self.word(region.text)) silent"
        case .network(let region): "network \(self.word(region.text)) cut"
        case .surge(let name, let points): "geography \(self.word(name.text)) surges to \(Units.text(points: points))"
        case .telemetry(.storeDown, _): "metrics unreachable"
        case .telemetry(.clock(let ahead), _):
            "metrics clock \(Units.text(.milliseconds(abs(ahead)))) \(ahead < 0 ? "behind" : "ahead")"
        case .telemetry(let kind, let region):
            "metrics \(region.map { "of \(self.word($0.text)) " } ?? "")\(self.text(kind))"
        case .calls(let target, let kind): "calls to \(self.text(target)) \(self.text(kind))"
        case .coldStartsFail(let region, let points):
            "cold-starts \(self.word(region.text)) fail \(Units.text(points: points))"
        case .path(let from, let to): "path from \(self.word(from.text)) to \(self.word(to.text)) cut"
        case .batch(let region, let points): "batch \(self.word(region.text)) takes \(Units.text(points: points))"
        case .listing(let region, let kind): "listing \(self.word(region.text)) \(self.text(kind))"
        case .delegationGone: "delegation gone"
        case .journalRefuses: "journal refuses"
        case .nameServerSilent(let index): "name-server \(index + 1) silent"
        case .nameServerStale(let index): "name-server \(index + 1) stale"
        case .darkDefects(let region, let failed, let wrong):
            "dark-stock \(self.word(region.text)) failed \(Units.text(points: failed)) "
                + "wrong-image \(Units.text(points: wrong))"
        case .freezeReverted(let region): "freeze \(self.word(region.text)) lifted"
        case .deploy(let service, let region, let darkAfter):
            "deploy \(self.word(service.text)) \(self.word(region.text)) dark-after \(Units.text(darkAfter))"
        case .controllerKilled(let span, let newBoot):
            "controller killed back-after \(Units.text(span))\(newBoot ? " rebooted" : "")"
        case .controllerPaused(let index, let moment, let span):
            "controller \(index.map { "\($0 + 1) " } ?? "")paused \(moment.word) \(Units.text(span))"
        case .controllerClock(let index, let rate): "controller \(index + 1) clock \(Units.text(points: rate * 100))"
        case .controllerWall(let index, let ahead):
            "controller \(index.map { "\($0 + 1) " } ?? "")wall-clock "
                + "\(Units.text(.milliseconds(abs(ahead)))) \(ahead < 0 ? "behind" : "ahead")"
        case .coordination(let kind, let index):
            "coordination \(self.text(kind))\(index.map { " from \($0 + 1)" } ?? "")"
        case .leaseLost: "lease lost"
        }
    }

    private static func text(_ kind: TelemetryFault) -> String {
        switch kind {
        case .vanish: "vanish"
        case .freeze: "freeze"
        case .lag(let span): "lag \(Units.text(span))"
        case .notANumber: "not-a-number"
        case .part(let points): "hold \(Units.text(points: points))"
        case .storeDown: "unreachable"
        case .clock: "clock"
        }
    }

    private static func text(_ kind: ListingFault) -> String {
        switch kind {
        case .late(let span): "late \(Units.text(span))"
        case .empty: "empty"
        case .cutShort: "cut-short"
        case .twice: "twice"
        }
    }

    private static func text(_ kind: StoreFault) -> String {
        switch kind {
        case .unreachable: "unreachable"
        case .unanswered: "unanswered"
        case .dropsRenewals: "drops-renewals"
        case .slow(let span): "slow \(Units.text(span))"
        case .stale(let span): "stale \(Units.text(span))"
        }
    }

    private static func text(_ target: CallTarget) -> String {
        switch target {
        case .provider(let region): "provider \(self.word(region.text))"
        case .edge(let region): "edge \(self.word(region.text))"
        case .zone: "zone"
        }
    }

    private static func text(_ kind: CallFault) -> String {
        switch kind {
        case .outage: "unreachable"
        case .throttle(let points): "throttled \(Units.text(points: points))"
        case .lyingSuccess: "lie"
        case .doneButFailed: "deny"
        case .lostAnswer: "unanswered"
        case .swallowed: "swallowed"
        case .partial: "halved"
        case .slow(let span): "slow \(Units.text(span))"
        }
    }

    // MARK: - People

    static func text(_ act: OperatorAct) -> String {
        var text = "at \(Units.text(act.at)) command \(self.text(act.command))"
        if act.by != "operator" { text += " by \(self.word(act.by.text))" }
        if act.insistsFor != .zero { text += " insisting \(Units.text(act.insistsFor))" }
        if let phase = act.whilePhase { text += " while \(phase.word)" }
        return text
    }

    static func text(_ act: HandAct) -> String {
        var text = "at \(Units.text(act.at)) break-glass \(self.text(act.verb))"
        if act.by != "operator" { text += " by \(self.word(act.by.text))" }
        if act.insistsFor != .zero { text += " insisting \(Units.text(act.insistsFor))" }
        return text
    }

    static func text(_ verb: HandVerb) -> String {
        switch verb {
        case .look: "status"
        case .finish: "finish"
        case .undo: "undo"
        case .evacuate(let region): "evacuate \(self.word(region.text))"
        }
    }

    static func text(_ command: Command) -> String {
        switch command {
        case .evacuate(let region, let plan):
            "evacuate \(self.word(region.text))\(plan.map { " plan \(self.word($0))" } ?? "")"
        case .shift(let geography, let region, let points):
            "shift \(self.word(geography.text)) to \(self.word(region.text)) \(Units.text(points: points))"
        case .approve(let id, let plan):
            "approve \(self.word(id.text))\(plan.map { " plan \(self.word($0))" } ?? "")"
        case .hold(let reason): "hold \(self.quoted(reason))"
        case .resume: "resume"
        case .rollback: "rollback"
        case .failback: "failback"
        case .pin(let geography, let isPinned): "\(isPinned ? "pin" : "unpin") \(self.word(geography.text))"
        case .kill(let isKilled): isKilled ? "kill" : "unkill"
        case .acknowledge: "acknowledge"
        case .override(let rules, let region, let plan):
            "override \(self.word(region.text))\(rules.map { " rule \($0.rawValue)" }.joined())"
                + (plan.map { " plan \(self.word($0))" } ?? "")
        case .deployed(let deploy):
            "deployed \(self.word(deploy.service.text)) version \(self.word(deploy.version)) "
                + "rollback \(Units.text(deploy.rollback))"
                + deploy.regions.map { " in \(self.word($0.text))" }.joined()
        }
    }

    // MARK: - What must be and must not

    static func text(_ expectation: Expectation) -> String {
        switch expectation {
        case .verdict(let verdict, let span): "verdict \(self.text(verdict)) within \(Units.text(span))"
        case .phase(let phase, let span): "phase \(phase.word) within \(Units.text(span))"
        case .residual(let span): "residual within \(Units.text(span))"
        case .paged(let span): "page within \(Units.text(span))"
        case .refused(let rule, let span): "refusal \(rule.rawValue) within \(Units.text(span))"
        case .ended(let phase): "end \(phase.word)"
        case .failuresAtMost(let points): "failures at most \(Units.text(points: points))"
        }
    }

    static func text(_ event: Forbidden) -> String {
        switch event {
        case .shareChange: "share change"
        case .zoneChange: "dns change"
        case .opening: "opening"
        case .phase(let phase): "phase \(phase.word)"
        case .verdict(let verdict): "verdict \(self.text(verdict))"
        case .reliefs(let most): "more than \(most) reliefs"
        case .evacuations(let most): "more than \(most) evacuations"
        }
    }

    private static func text(_ verdict: Verdict) -> String {
        switch verdict {
        case .normal: "normal"
        case .regional(let region): "regional \(self.word(region.text))"
        case .global: "global"
        case .unknown: "unknown"
        }
    }
}
