import Foundation
import LeewardFleetFile
import LeewardLab
import LeewardModel
import Testing

@Suite struct LayoutTests {
    @Test func twoRunsShareNothing() throws {
        try Self.withLayouts { one, two in
            #expect(one.sockets != two.sockets)
            #expect(one.run != two.run)
            #expect(one.block != two.block || one.edgePort != two.edgePort)
        }
    }

    @Test func everyAddressOfARunIsItsOwn() throws {
        try Self.withLayouts { layout, _ in
            var listeners = [
                "\(layout.dnsAddress):\(layout.dnsPort)", "\(layout.resolverAddress):\(layout.dnsPort)",
                "\(layout.storeAddress):\(layout.storePort)", "\(layout.clientsAddress):\(layout.clientsMetricsPort)",
            ]
            for region in LabLayout.regions {
                for port in [layout.edgePort, layout.tunnelPort, layout.agentMetricsPort] {
                    listeners.append("\(layout.edgeAddress(region)):\(port)")
                }
                #expect(layout.instanceBlock(region) != layout.block)
            }
            #expect(Set(listeners).count == listeners.count)
            #expect(Set(LabLayout.regions.map(layout.instanceBlock)).count == 3)
            #expect(layout.block.split(separator: ".").allSatisfy { Int($0).map { $0 < 255 } ?? false })
        }
    }

    @Test func socketPathsFitIntoTheirHundredAndSevenBytes() throws {
        try Self.withLayouts { layout, _ in
            for region in LabLayout.regions {
                for path in [layout.agentSocket(region), layout.providerSocket(region), layout.proxySocket(region)] {
                    #expect(path.utf8.count < 100)
                }
            }
            #expect(layout.daemonSocket.utf8.count < 100)
        }
    }

    @Test func theFleetFileIsTheExampleWithOtherAddresses() throws {
        try Self.withLayouts { layout, _ in
            var fleet = try FleetFile.read(LabFleetFile.text(layout), name: "lab")
            let example = try FleetFile.load(path: Self.projectRoot + "/Examples/three-regions.yaml")
            #expect(fleet.limits == example.limits)
            #expect(fleet.geographies == example.geographies)
            #expect(fleet.services == example.services)
            #expect(fleet.policy == example.policy)
            fleet.signals.prometheus = example.signals.prometheus
            #expect(fleet.signals == example.signals)
            #expect(fleet.regions.mapValues(\.failureGroups) == example.regions.mapValues(\.failureGroups))
            #expect(fleet.zone.keyFile == layout.keyFile)
        }
    }

    @Test func liveClustersRunAtSixtyPercentAndWithShadowCarryTheWorstEvacuationAtSeventyFive() throws {
        try Self.withLayouts { layout, _ in
            let fleet = try FleetFile.read(LabFleetFile.text(layout), name: "lab")
            let traffic = Traffic()
            let sizing = Sizing(fleet: fleet, traffic: traffic, withShadow: true)
            let load = traffic.load()
            for (region, counts) in sizing.regions {
                for (service, count) in counts {
                    let capacity = Double(fleet.services[service]?.instanceCapacity ?? 0)
                    #expect((load[region]?[service] ?? 0) <= 0.6 * capacity * Double(count.live))
                }
            }
            // us-east users go to Europe: what Europe has must carry both.
            let both = (load["eu-west-1"]?["play"] ?? 0) + 310 * Double(traffic.mix()["play"] ?? 0) / 10_000
            let europe = try #require(sizing.regions["eu-west-1"]?["play"])
            #expect(both <= 0.75 * 100 * Double(europe.live + europe.shadow))
            let bare = Sizing(fleet: fleet, traffic: traffic, withShadow: false)
            #expect(bare.regions.values.allSatisfy { $0.values.allSatisfy { $0.shadow == 0 } })
        }
    }

    private static let projectRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    private static func withLayouts(_ body: (LabLayout, LabLayout) throws -> Void) throws {
        let root = NSTemporaryDirectory() + "/layout-\(UUID().uuidString)"
        let one = try LabLayout(folder: root + "/one")
        let two = try LabLayout(folder: root + "/two")
        defer { for path in [root, one.sockets, two.sockets] { try? FileManager.default.removeItem(atPath: path) } }
        try body(one, two)
    }
}
