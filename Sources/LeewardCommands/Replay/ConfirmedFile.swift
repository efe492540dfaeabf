import Foundation
import LeewardDetection
import LeewardModel

/// Reads the incidents that people confirm: lines of `start,end,region` with `*` for every region.
enum ConfirmedFile {
    private static let mostBytes = 1_048_576
    private static let mostProblems = 10
    private static let form = "start,end,region with times as 2026-01-31T10:00:00Z or seconds since 1970"

    static func load(_ path: String, regions: [RegionID]) throws(Failure) -> [ReplayIncident] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Failure(.failed, "\(path) cannot be read: \(error.localizedDescription)")
        }
        guard data.count <= Self.mostBytes else {
            throw Failure(.failed, "\(path) has \(data.count) bytes; allowed are \(Self.mostBytes)")
        }
        return try self.read(String(decoding: data, as: UTF8.self), name: path, regions: regions)
    }

    /// Every problem at once, each with its line.
    static func read(_ text: String, name: String, regions: [RegionID]) throws(Failure) -> [ReplayIncident] {
        var incidents: [ReplayIncident] = []
        var problems: [String] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            let first = cells.first ?? ""
            if cells == [""] || first.hasPrefix("#") || (index == 0 && first == "start") { continue }
            let place = "\(name):\(index + 1)"
            guard cells.count == 3 else {
                problems.append("\(place): \(cells.count) columns; allowed is \(Self.form)")
                continue
            }
            guard let start = self.seconds(cells[0]), let end = self.seconds(cells[1]) else {
                problems.append("\(place): \(cells[0]),\(cells[1]) are no times; allowed is \(Self.form)")
                continue
            }
            guard start <= end else {
                problems.append("\(place): the end is before the start")
                continue
            }
            let region = RegionID(cells[2])
            guard cells[2] == "*" || regions.contains(region) else {
                problems.append("\(place): \(cells[2]) is no region of this fleet; it has \(Words.list(regions)), or *")
                continue
            }
            incidents.append(.init(start: start, end: end, region: cells[2] == "*" ? nil : region))
        }
        if !problems.isEmpty {
            var shown = Array(problems.prefix(Self.mostProblems))
            if problems.count > shown.count { shown.append("and \(problems.count - shown.count) more") }
            throw Failure(.failed, shown.joined(separator: "\n"))
        }
        return incidents
    }

    private static func seconds(_ text: String) -> Int? {
        // Twelve digits are the year 33658; longer ones are milliseconds or a slip.
        if text.utf8.count <= 12, let seconds = Int(text), seconds > 0 { return seconds }
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        let seconds = date.timeIntervalSince1970
        return seconds > 0 && seconds < 1e12 ? Int(seconds) : nil
    }
}
