import LeewardEngine
import LeewardModel

/// S17: while no controller runs, shares and records stay as they are; what had left before may still land.
struct StaysAsItIs: Oracle {
    private var tables: [ShareTable]?
    private var records: [[[String]]] = []
    private var isTold = false

    mutating func landed(_ call: Call, _ landing: Landing, _ scene: Scene, _ complaints: inout [Complaint]) {
        if landing.changed { self.tables = nil }
    }

    mutating func passed(_ story: Story, _ scene: Scene, _ complaints: inout [Complaint]) {
        guard !scene.isAlive else {
            self.tables = nil
            return
        }
        let world = scene.world
        guard let tables = self.tables else {
            self.tables = world.edges.map(\.table)
            self.records = world.servers.map(\.records)
            return
        }
        guard !self.isTold else { return }
        for (index, edge) in world.edges.enumerated() where edge.table != tables[index] {
            self.isTold = true
            let text = "\(world.names.regions[index]) has other shares than when the last controller died"
            complaints.append(Complaint(rule: .s17, detail: text))
        }
        for (index, server) in world.servers.enumerated() where server.records != self.records[index] {
            self.isTold = true
            let text = "name server \(index) has other records than when the last controller died"
            complaints.append(Complaint(rule: .s17, detail: text))
        }
    }
}
