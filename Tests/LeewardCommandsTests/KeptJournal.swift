import Foundation
import LeewardDetection
import LeewardEngine
import LeewardModel
import LeewardPlanning
import LeewardRuntime
import LeewardSimulation
import Testing

@testable import LeewardCommands
@testable import LeewardStore

/// A journal that a version of Leeward once wrote, the scenario whose fleet it is about, and what came of reading it then.
///
/// `make journals` adds those of the present format; what is there is never written anew.
struct KeptJournal: Sendable, CustomTestStringConvertible {
    static let isRewriting = ProcessInfo.processInfo.environment["LEEWARD_REWRITE_GOLDEN"] == "1"
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Journals", directoryHint: .isDirectory)

    /// `v1/SC01`: the format's version and the name.
    let name: String
    var testDescription: String { self.name }
    private var scenarioName: String { String(self.name.split(separator: "/").last ?? "") }
    private var file: URL { Self.folder.appending(path: self.name + ".sqlite") }
    var golden: URL { Self.folder.appending(path: self.name + ".txt") }

    /// Of every format, in order.
    static let all: [KeptJournal] = Self.names(in: Self.folder, "").flatMap { version in
        Self.names(in: Self.folder.appending(path: version), ".sqlite").map { KeptJournal(name: "\(version)/\($0)") }
    }

    /// The scenarios that each format keeps a journal of, in order.
    static let scenarios: [String] = Self.names(in: Self.folder, ".scenario")

    /// Files with this ending, without it, or the formats' folders for none.
    private static func names(in folder: URL, _ ending: String) -> [String] {
        let found = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        return ending.isEmpty
            ? found.filter { !$0.contains(".") }
            : found.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
    }

    var bytes: Int { (try? Data(contentsOf: self.file).count) ?? 0 }

    var fleet: Fleet {
        get throws {
            let file = Self.folder.appending(path: self.scenarioName + ".scenario")
            return try Scenario(text: String(contentsOf: file, encoding: .utf8)).world.fleet
        }
    }

    /// Opens a copy as the daemon would, since opening may write.
    func open<Value>(_ body: (Journal) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "leeward-kept-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appending(path: "journal.sqlite")
        try FileManager.default.copyItem(at: self.file, to: copy)
        let journal = try Journal.open(copy.path)
        let value = try body(journal)
        try journal.close()
        return value
    }

    func entries() throws -> [JournalEntry] { try self.open { try $0.entries() } }

    /// What a daemon of this version makes of the journal: its state, and what `leeward status` says.
    func told() throws -> String {
        let (entries, verification, notices) = try self.open { journal in
            (try journal.entries(), try journal.verify(), journal.notices)
        }
        let fleet = try self.fleet
        let last = try #require(entries.last)
        let controller = Controller(fleet: fleet, journal: entries, boot: last.boot, at: last.at)
        var lines = ["\(self.name): \(verification.intact) entries, head \(verification.head.prefix(12))"]
        lines += notices.map { "notice: \($0)" }
        if let damage = verification.damage { lines.append("damage: \(damage)") }
        lines += Self.state(controller.state)
        let answer = StatusAnswer(status: controller.status(at: last.at), notices: [], wall: last.wall)
        lines += ["", "leeward status says:"] + StatusSections.make(answer).flatMap(\.lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func state(_ state: FleetState) -> [String] {
        var lines = [
            "epoch \(state.epoch), generation \(state.generation), zone generation \(state.zoneGeneration)",
            "last verdict \(state.verdict)",
            "opened \(state.openedCount), kill switch \(state.isKilled ? "on" : "off"), pinned \(state.pinned)",
            "frozen \(state.frozen), acknowledged \(state.acknowledgedAt.map { "at \($0.milliseconds)" } ?? "never")",
        ]
        for done in state.finished {
            lines.append(
                "\(done.id) of \(done.evacuee): \(done.phase.rawValue) from \(done.openedAt.milliseconds) to "
                    + "\(done.endedAt.milliseconds), automatic \(done.wasAutomatic), planned \(done.wasPlanned), "
                    + "relief \(done.wasRelief)"
            )
        }
        if let present = state.evacuation {
            lines.append(
                "\(present.id) of \(present.evacuee): \(present.phase.rawValue) since \(present.phaseSince.milliseconds), "
                    + "from \(present.heldFrom?.rawValue ?? "-"), \(present.points) bp, returning \(present.isReturning), "
                    + "plan \(present.plan.hash)"
            )
            for (cluster, instances) in present.injected { lines.append("injected into \(cluster): \(instances)") }
            for (cluster, count) in present.startTargets { lines.append("\(cluster) shall have \(count)") }
        }
        for deploy in state.deploys { lines.append("deploy of \(deploy.deploy.service) at \(deploy.at.milliseconds)") }
        for (key, effect) in state.open { lines.append("open: \(key) on \(effect.lane)") }
        for (key, count) in state.attempts { lines.append("sent: \(key) \(count) times") }
        return lines
    }
}
