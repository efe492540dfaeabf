import Foundation
import LeewardModel

/// `report.json`: the contract with whoever reads a drill's result by program.
struct ReportJSON: Codable, Hashable {
    struct Outage: Codable, Hashable {
        var kind: String
        var region: RegionID
    }
    struct Clocks: Codable, Hashable {
        @NullWhenMissing var detect: Double?
        @NullWhenMissing var decide: Double?
        @NullWhenMissing var execute: Double?
        @NullWhenMissing var recover: Double?
    }
    struct Requests: Codable, Hashable {
        var total: Int
        var failed: Int
        var failedAfterRecovery: Int
    }
    struct Planned: Codable, Hashable {
        var total: Int
        var failed: Int
    }
    struct Shares: Codable, Hashable {
        var before: ObservedShares
        var during: ObservedShares
        var after: ObservedShares
    }
    struct Evacuation: Codable, Hashable {
        @NullWhenMissing var id: String?
        var phase: String
    }

    var outage: Outage
    /// False when the drill ran without a controller.
    var daemon: Bool
    /// False when it ran with cold starts only.
    var shadow: Bool
    var blipSeconds: Double?
    var passed: Bool
    var clocks: Clocks
    @NullWhenMissing var secondsTo999: Double?
    @NullWhenMissing var secondsToCommitted: Double?
    var requests: Requests
    var ttlIgnoring: Planned
    var planned: Planned?
    var shares: Shares
    @NullWhenMissing var residualBasisPoints: Int?
    var ledger: DrillRecord.Ledger
    var evacuation: Evacuation
    var checks: [DrillCheck]
    var moments: DrillRecord.Moments
    var decisions: [DrillDecision]

    init(_ record: DrillRecord) {
        let figures = DrillFigures(record)
        self.outage = .init(kind: record.kind, region: record.region)
        self.daemon = record.hasDaemon
        self.shadow = record.hasShadow
        self.blipSeconds = record.blipSeconds
        self.passed = record.checks.allSatisfy(\.isMet)
        self.clocks = .init(
            detect: figures.detect,
            decide: figures.decide,
            execute: figures.execute,
            recover: figures.recover
        )
        self.secondsTo999 = figures.recover
        self.secondsToCommitted = figures.committed
        self.requests = .init(
            total: figures.total.due,
            failed: figures.total.failed,
            failedAfterRecovery: figures.failedAfterRecovery
        )
        self.ttlIgnoring = .init(total: figures.ignoring.due, failed: figures.ignoring.failed)
        self.planned = record.isPlanned ? .init(total: figures.total.due, failed: figures.total.failed) : nil
        self.shares = .init(before: record.before, during: record.during, after: record.after)
        self.residualBasisPoints = figures.residualBasisPoints
        self.ledger = record.ledger
        self.evacuation = .init(id: record.evacuation?.text, phase: record.phase)
        self.checks = record.checks
        self.moments = record.moments
        self.decisions = record.decisions
    }

    /// Keys in a fixed order, times in milliseconds since 1970, spans in seconds; `timeline` follows, one second a line.
    static func text(_ record: DrillRecord) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let head = String(decoding: try encoder.encode(Self(record)), as: UTF8.self)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try record.timeline.map { "    " + String(decoding: try encoder.encode($0), as: UTF8.self) }
        guard let end = head.lastIndex(of: "}") else { return head }
        let body = head[..<end].trimmingCharacters(in: .whitespacesAndNewlines)
        return body + ",\n  \"timeline\" : [\n" + lines.joined(separator: ",\n") + "\n  ]\n}\n"
    }
}

/// Writes null instead of leaving the key out: a reader of the report can count on its keys.
@propertyWrapper
struct NullWhenMissing<Value: Codable & Hashable>: Codable, Hashable {
    var wrappedValue: Value?
    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self.wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value = self.wrappedValue { try container.encode(value) } else { try container.encodeNil() }
    }
}
