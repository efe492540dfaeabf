import Foundation
import LeewardEngine
import LeewardModel

/// How values read in a table.
enum Words {
    /// "2018-06-01T20:00:05Z": a moment for people, always in UTC.
    static func time(_ wall: WallTime) -> String {
        Date(timeIntervalSince1970: Double(wall.milliseconds / 1000)).formatted(.iso8601)
    }

    /// "12.5 %" of basis points.
    static func percent(_ points: Int) -> String {
        points % 100 == 0 ? "\(points / 100) %" : "\(points / 100).\(points % 100 < 10 ? "0" : "")\(points % 100) %"
    }

    static func yesNo(_ flag: Bool) -> String { flag ? "yes" : "no" }

    static func list(_ items: [some CustomStringConvertible]) -> String {
        items.isEmpty ? "-" : items.map(\.description).joined(separator: ", ")
    }

    static func shares(_ vector: ShareVector) -> String {
        vector.shares.map { "\($0) \($1)" }.joined(separator: ", ")
    }

    static func origin(_ origin: Origin) -> String {
        switch origin {
        case .verdict: "automation"
        case .command(let principal): principal.text
        }
    }

    /// Healthy green, sick red, unknown yellow, where the terminal shows colour.
    static func health(_ health: Health) -> String {
        guard Surroundings.current.hasColour else { return health.rawValue }
        let code =
            switch health {
            case .healthy: 32
            case .sick: 31
            case .unknown: 33
            }
        return "\u{1B}[\(code)m\(health.rawValue)\u{1B}[0m"
    }
}
