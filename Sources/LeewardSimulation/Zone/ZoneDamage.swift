import LeewardModel

/// What people, backups and other programs do to a zone behind Leeward's back.
enum ZoneDamage: String, Hashable, Sendable, CaseIterable {
    case markerGone = "the marker is missing"
    case strangeRecord = "a name has somebody else's address"
    case strangeRecords = "every name has somebody else's address"
    case halfOfAnUpdate = "the first name has changed and the marker has not"
    case markerAlone = "the marker has the next generation and the records have not changed"
    case newerMarker = "the marker has a generation that no plan has"
    case newerZone = "marker and records are of a generation that no plan has"
    case emptiedName = "a name has no address"
    case emptyZone = "neither marker nor any record is there"
    case otherKey = "the marker has the generation, another key and other records"

    /// Does it to one server, whose generation only ever rises by it: a zone that was set back is told by its records.
    func befall(_ server: inout ZoneServer) {
        let mark = server.marker ?? SnapshotMark(generation: Generation(0), epoch: Epoch(1), key: "by-hand")
        func raised(by count: Int64) -> SnapshotMark {
            SnapshotMark(generation: Generation(mark.generation.value + count), epoch: mark.epoch, key: "by-hand")
        }
        switch self {
        case .markerGone: server.marker = nil
        case .strangeRecord: server.records[server.records.count - 1] = ZoneSetting.stranger
        case .strangeRecords: server.records = server.records.map { _ in ZoneSetting.stranger }
        case .halfOfAnUpdate: server.records[0] = ZoneSetting.there
        case .markerAlone: server.marker = raised(by: 1)
        case .newerMarker: server.marker = raised(by: 8)
        case .newerZone:
            server.marker = raised(by: 8)
            server.records[0] = ZoneSetting.stranger
        case .emptiedName: server.records[0] = []
        case .emptyZone:
            server.marker = nil
            server.records = server.records.map { _ in [] }
        case .otherKey:
            server.marker = raised(by: 0)
            server.records[0] = ZoneSetting.stranger
        }
    }
}
