import Foundation
import LeewardFleetFile
import LeewardModel
import LeewardProcesses

/// A running lab: three regions with real parts on loopback addresses.
///
/// Everything it knows is in state.json of its folder, so that any process may open it, break it and end it.
package struct Lab: Sendable {
    package let layout: LabLayout
    package let options: LabOptions
    package let fleet: Fleet
    let state: LabStateFile
    let processes: LabProcesses

    init(_ state: LabState, fleet: Fleet) {
        self.layout = state.layout
        self.options = state.options
        self.fleet = fleet
        self.state = LabStateFile(path: state.layout.stateFile)
        self.processes = LabProcesses(state: self.state, run: state.layout.run)
    }

    /// The run in this folder, whoever started it; throws when there is none.
    package static func open(_ folder: String) throws -> Lab {
        let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        guard let state = try LabStateFile(path: folder + "/state.json").read() else {
            throw LabError("no lab is running in \(folder); start one with `leeward-lab up`")
        }
        return Lab(state, fleet: try FleetFile.load(path: state.layout.fleetFile))
    }

    /// What the users send and sent.
    package var traffic: Traffic { Traffic(now: self.options.at, part: self.options.traffic ?? 1) }

    /// Instances per region and service at the start.
    package var sizing: Sizing {
        Sizing(fleet: self.fleet, traffic: self.traffic, withShadow: self.options.withShadow)
    }

    /// The roles of the run's processes and whether each of them runs.
    package func roles() throws -> [(role: String, pid: Int32?, isAlive: Bool)] {
        (try self.state.read()?.processes ?? []).map { ($0.role, $0.handle?.pid, $0.isAlive) }
    }

    /// Breaks a region; the same fault again changes nothing, another kind replaces one that is in force.
    package func `break`(_ region: RegionID, how: LabFault) async throws {
        try self.check(region)
        switch how {
        case .edgeDown:
            try await self.processes.stop(LabParts.agent(region), kill: true)
            try await self.processes.stop(LabParts.proxy(region), kill: true)
        case .backendsDown, .brownout, .hang:
            try Data(how.rawValue.utf8).write(to: URL(fileURLWithPath: self.layout.faultFile(region)), options: .atomic)
        }
    }

    /// Takes every fault of the region away; returns when its processes run again, not when they serve.
    package func heal(_ region: RegionID) async throws {
        try self.check(region)
        if FileManager.default.fileExists(atPath: self.layout.faultFile(region)) {
            try FileManager.default.removeItem(atPath: self.layout.faultFile(region))
        }
        try self.processes.restart(LabParts.agent(region))
        try self.processes.restart(LabParts.proxy(region))
    }

    /// The faults in force, in region order.
    package func faults() -> [(region: RegionID, kind: String)] {
        LabLayout.regions.sorted().compactMap { region in
            if let kind = try? String(contentsOfFile: self.layout.faultFile(region), encoding: .utf8) {
                return (region, kind)
            }
            let isUp = (try? self.processes.find(LabParts.proxy(region))?.isAlive) ?? false
            return isUp ? nil : (region, LabFault.edgeDown.rawValue)
        }
    }

    /// Starts `leeward serve` and returns when its API answers.
    package func startDaemon() async throws {
        try self.processes.start(try LabParts.daemonProcess(self.layout, failpoints: self.options.failpoints))
        try await self.awaitDaemon()
    }

    /// False once the daemon's process has ended, however it did.
    var isDaemonAlive: Bool { (try? self.processes.find(LabParts.daemon)?.isAlive) ?? false }

    /// Ends the daemon: gracefully, or with SIGKILL.
    package func stopDaemon(kill: Bool = false) async throws {
        try await self.processes.stop(LabParts.daemon, kill: kill)
    }

    /// Kills the agent or the proxy of one region without warning, and leaves the other one alone.
    package func kill(agentOf region: RegionID) async throws {
        try await self.processes.stop(LabParts.agent(region), kill: true)
    }
    package func kill(proxyOf region: RegionID) async throws {
        try await self.processes.stop(LabParts.proxy(region), kill: true)
    }

    /// Instances of services in the process table, by their `--id`; what no provider lists is an orphan.
    package func instancesInProcessTable() -> [String] {
        ProcessTable.processes(ofRun: self.layout.run)
            .filter { $0.program == "leeward-lab-instance" }
            .compactMap { $0.option("--id") }
            .sorted()
    }

    private func check(_ region: RegionID) throws {
        guard LabLayout.regions.contains(region) else {
            let known = LabLayout.regions.map(\.text).joined(separator: ", ")
            throw LabError("there is no region \(region); known are \(known)")
        }
    }
}
