import LeewardDetection
import LeewardModel

/// A replay for people: how loud each setting is, every mark, what capacity was missing, and who may be trusted how far.
enum ReplaySections {
    static func make(_ outcome: ReplayOutcome) -> [Section] {
        guard let run = outcome.first else { return [] }
        var sections: [Section] = [
            .line(
                "\(outcome.fleet.name): \(Numbers.time(outcome.liveFrom)) to \(Numbers.time(outcome.end)), "
                    + "\(Numbers.short(run.result.weeks)) weeks with data in buckets of \(outcome.step)"
            ),
            .table(title: "Settings", self.settings(outcome)),
        ]
        if run.marks.isEmpty {
            sections += [.line(""), .line("It would not have fired.")]
        } else {
            sections.append(.table(title: "Marks", self.marks(outcome)))
            if run.count(.regional) > 0 {
                sections.append(.table(title: "What would have followed", self.courses(outcome)))
            }
        }
        if !outcome.unmarked.isEmpty {
            sections.append(.table(title: "Dips that got no mark, and why", self.unmarked(outcome)))
        }
        if !run.missed.isEmpty {
            let rows = run.missed.map {
                [Numbers.time($0.start), Numbers.time($0.end), $0.region?.text ?? "every region"]
            }
            sections.append(
                .table(title: "Confirmed incidents that no mark named", Table(["start", "end", "where"], rows))
            )
        }
        if !outcome.capacities.isEmpty {
            sections.append(
                .table(
                    title: "Instances an evacuation would have needed beyond the saviors' own load",
                    self.totals(outcome)
                )
            )
            if let largest = outcome.capacities.max(by: { ($0.1.more ?? -1) < ($1.1.more ?? -1) }),
                largest.1.more != nil
            {
                let title = "The largest of these, mark \(largest.0 + 1), by savior and service"
                sections.append(.table(title: title, self.capacity([largest.0: largest.1])))
            }
        }
        sections.append(.table(title: "Trust", self.trust(outcome)))
        sections += [.line("")] + outcome.caveats.map { .line("note: \($0)") }
        return sections
    }

    static func settings(_ outcome: ReplayOutcome) -> Table {
        Table(
            [
                "threshold", "dipBelow", "alarms", "a week", "false a week", "regional", "global", "reliefs",
                "evacuations", "confirmed", "wrong", "unconfirmed", "precision", "missed",
            ],
            outcome.runs.map { run in
                [
                    "x \(run.result.setting.name)",
                    String(run.result.setting.dipBelow(outcome.fleet.limits.dipBelow)), String(run.marks.count),
                    Numbers.short(run.result.marksPerWeek),
                    outcome.isJudged ? Numbers.short(run.falsePerWeek) : "-", String(run.count(.regional)),
                    String(run.count(.global)), String(run.reliefs), String(run.evacuations),
                    String(run.count(.confirmed)),
                    String(run.count(.wrong)), String(run.count(.unconfirmed)), Numbers.part(run.precision),
                    outcome.isJudged ? String(run.missed.count) : "-",
                ]
            }
        )
    }

    static func marks(_ outcome: ReplayOutcome) -> Table {
        let rows = (outcome.first?.marks ?? []).enumerated().map { index, judged in
            [
                String(index + 1), Numbers.time(judged.mark.time), self.place(judged.mark),
                Numbers.part(judged.mark.depth), self.lasting(outcome, judged.mark), self.judgement(judged),
                self.evidence(judged.mark),
            ]
        }
        return Table(["#", "when", "what", "missing", "lasted", "judged", "evidence"], rows)
    }

    /// Only regional marks: from a global one nobody leaves.
    static func courses(_ outcome: ReplayOutcome) -> Table {
        let marks = (outcome.first?.marks ?? []).enumerated().filter { $1.mark.kind == .regional }
        return Table(
            ["mark", "relief", "evacuation", "if relief helps", "refused or stopped by", "over"],
            marks.map { index, judged in
                let (mark, course) = (judged.mark, judged.mark.course)
                let stops = mark.refusals + course.stops
                return [
                    String(index + 1), self.after(mark, course.reliefAt), self.after(mark, course.evacuationAt),
                    self.after(mark, course.evacuationIfRelievedAt),
                    stops.isEmpty ? "-" : stops.joined(separator: "; "),
                    course.endedAt.map { "\(self.after(mark, $0)): \(course.endedBecause ?? "")" } ?? "-",
                ]
            }
        )
    }

    /// "at once", "after 60 s", "never".
    private static func after(_ mark: ReplayMark, _ time: Int?) -> String {
        guard let time else { return "never" }
        return time <= mark.time ? "at once" : "after \(Numbers.lasting(time - mark.time))"
    }

    static func unmarked(_ outcome: ReplayOutcome) -> Table {
        Table(
            ["region", "from", "lasted", "deepest", "why"],
            outcome.unmarked.map { region, dip in
                [
                    region.text, Numbers.time(dip.from),
                    dip.until.map { Numbers.lasting($0 - dip.from) } ?? "still on", Numbers.part(dip.deepest),
                    dip.unmarked ?? "",
                ]
            }
        )
    }

    /// "us-east-1", or "global: a, b".
    static func place(_ mark: ReplayMark) -> String {
        mark.kind == .regional ? Words.list(mark.regions) : "global: \(Words.list(mark.regions))"
    }

    static func evidence(_ mark: ReplayMark) -> String {
        mark.evidence.map { region, words in mark.regions.count == 1 ? words : "\(region): \(words)" }
            .joined(separator: "; ")
    }

    static func lasting(_ outcome: ReplayOutcome, _ mark: ReplayMark) -> String {
        guard let dip = outcome.dip(of: mark) else { return "-" }
        return dip.until.map { Numbers.lasting($0 - dip.from) } ?? "still on"
    }

    static func judgement(_ judged: JudgedMark) -> String {
        judged.judgement == .unconfirmed ? "unconfirmed" : "\(judged.judgement.rawValue): \(judged.reason)"
    }

    /// One line for each regional mark.
    static func totals(_ outcome: ReplayOutcome) -> Table {
        Table(
            ["mark", "evacuee", "saviors", "more", "at most", "why not"],
            outcome.capacities.map { index, capacity in
                let mark = outcome.first?.marks[index].mark
                let saviors = SortedMap(capacity.needs.map { ($0.savior, true) }).keys
                return [
                    String(index + 1), mark.map(self.place) ?? "-", Words.list(saviors), Numbers.count(capacity.more),
                    Numbers.count(capacity.moreAtMost),
                    capacity.more == nil ? capacity.problems.joined(separator: "; ") : "-",
                ]
            }
        )
    }

    static func capacity(_ capacities: SortedMap<Int, MarkCapacity>) -> Table {
        var rows: [[String]] = []
        for (index, capacity) in capacities {
            if capacity.needs.isEmpty {
                rows.append([
                    String(index + 1), "-", "-", "-", "-", "-", "-", capacity.problems.joined(separator: "; "),
                ])
            }
            for need in capacity.needs {
                rows.append([
                    String(index + 1), "\(need.savior)/\(need.service)", Numbers.rate(need.ownLoad),
                    Numbers.rate(need.movedLoad), Numbers.count(need.needsItself), Numbers.count(need.wouldNeed),
                    Numbers.count(need.more), Numbers.count(need.moreAtMost),
                ])
            }
        }
        return Table(
            ["mark", "savior", "own load", "moved", "needs itself", "would need", "more", "at most"],
            rows
        )
    }

    static func trust(_ outcome: ReplayOutcome) -> Table {
        Table(
            ["region", "weeks", "alarms", "confirmed", "precision", "allows", "for the next rung it lacks"],
            outcome.trust.map { trust in
                [
                    trust.region.text, Numbers.short(trust.record.weeks), String(trust.record.alarms),
                    String(trust.record.confirmed), Numbers.part(trust.record.precision),
                    trust.ruling.allowed.rawValue,
                    trust.ruling.next.map { "\($0.rawValue): \(trust.ruling.lacks.joined(separator: ", "))" } ?? "-",
                ]
            }
        )
    }
}
