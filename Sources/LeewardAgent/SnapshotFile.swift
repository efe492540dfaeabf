import Foundation
import LeewardModel
import LeewardProviders

/// What an agent keeps on disk: the highest accepted snapshot, the highest epoch, and what it did.
struct EdgeSnapshot: Hashable, Sendable, Codable {
    /// Highest epoch seen, also without a new snapshot.
    var epoch: Epoch
    var mark: SnapshotMark
    var shares: ShareTable
    /// Carried-out effects, oldest first; the oldest are dropped above `logLimit`.
    var log: [AppliedEffect]

    static let logLimit = 2000

    /// The fleet to which nothing ever happened: a bare proxy serves every geography at home.
    static func initial(_ fleet: Fleet) -> EdgeSnapshot {
        .init(
            epoch: Epoch(0),
            mark: .init(generation: Generation(0), epoch: Epoch(0), key: "initial"),
            shares: fleet.homeShares,
            log: []
        )
    }

    /// As the report names it: the snapshot's generation and key, and the epoch that fences all others out.
    var accepted: SnapshotMark {
        .init(generation: self.mark.generation, epoch: self.epoch, key: self.mark.key)
    }
}

/// `snapshot.json`, replaced as a whole.
struct SnapshotFile: Sendable {
    let settings: AgentSettings

    init(_ settings: AgentSettings) { self.settings = settings }

    /// Nil where there is none yet; damage is an error and never an initial snapshot.
    func load() throws(AgentError) -> EdgeSnapshot? {
        let path = self.settings.snapshotFile
        guard let bytes = try DurableFile(path).read() else { return nil }
        let snapshot: EdgeSnapshot
        do { snapshot = try JSONDecoder().decode(EdgeSnapshot.self, from: Data(bytes)) } catch {
            throw AgentError(
                "\(path) is damaged (\(error)); the proxy keeps what it has. Move the file away to go on from routes.json"
            )
        }
        let regions = Set(self.settings.fleet.regions.keys)
        for (geography, vector) in snapshot.shares {
            guard let unknown = vector.regions.first(where: { !regions.contains($0) }) else { continue }
            throw AgentError("\(path): \(geography) has a share in \(unknown), which the fleet file does not have")
        }
        return snapshot
    }

    func save(_ snapshot: EdgeSnapshot) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try DurableFile(self.settings.snapshotFile).replace(with: [UInt8](try encoder.encode(snapshot)))
    }
}
