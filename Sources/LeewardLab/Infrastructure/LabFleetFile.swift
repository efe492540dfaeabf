import LeewardModel

/// The lab's fleet file: Examples/three-regions.yaml with the addresses of one run.
package enum LabFleetFile {
    package static func text(_ layout: LabLayout) -> String {
        """
        # Written by leeward-lab for one run.
        fleet: lab

        zone:
          name: lab.test
          servers: ["\(layout.dnsAddress):\(layout.dnsPort)"]
          key: leeward
          keyFile: \(self.quoted(layout.keyFile))

        regions:
        \(self.region("us-east-1", group: "us-east", layout))
        \(self.region("us-west-2", group: "us-west", layout))
        \(self.region("eu-west-1", group: "europe", layout))

        geographies:
        \(self.geography("us-east", saviors: "{ eu-west-1: 10000 }"))
        \(self.geography("south-america", saviors: "{ us-west-2: 10000 }"))
        \(self.geography("us-west", saviors: "{ us-east-1: 10000 }"))
        \(self.geography("europe", saviors: "{ us-east-1: 5000, us-west-2: 5000 }"))

        services:
          browse: { path: /browse, instanceCapacity: 100, critical: true }
          play: { path: /play, instanceCapacity: 100, critical: true }
          search: { path: /search, instanceCapacity: 60, critical: true }
          profile: { path: /profile, instanceCapacity: 60, critical: true }

        signals:
          prometheus: http://\(layout.storeAddress):\(layout.storePort)
          served: sum by (region) (rate(leeward_edge_good_total[$window]))
          entered: sum by (region) (rate(leeward_client_good_total[$window]))
          load: sum by (region, service) (rate(leeward_edge_requests_total[$window]))

        policy:
          relief: act
          evacuation: act

        limits:
        \(self.limits)

        """
    }

    private static func region(_ id: RegionID, group: String, _ layout: LabLayout) -> String {
        """
          \(id):
            failureGroups: [\(group)]
            edge:
              address: \(layout.edgeAddress(id))
              port: \(layout.edgePort)
              tunnelPort: \(layout.tunnelPort)
              agent: unix:\(layout.agentSocket(id))
            provider: unix:\(layout.providerSocket(id))
        """
    }

    private static func geography(_ id: GeographyID, saviors: String) -> String {
        let home = Traffic.users.first { $0.id == id }?.home ?? "us-east-1"
        return """
              \(id):
                host: \(id).lab.test
                home: \(home)
                allowed: [us-east-1, us-west-2, eu-west-1]
                saviors: \(saviors)
            """
    }

    private static let limits = """
          bucket: 5s
          staleAfter: 15s
          dipBelow: 7000
          reliefAfter: 2
          reliefReturnAfter: 10s
          maxReliefs: 3
          reliefWindow: 1h
          hardenAfter: 60s
          hardenAfterRelieved: 150s
          ladder:
            emergency: [100, 1000, 5000, 10000]
            gentle: [100, 500, 1000, 2500, 5000, 7500, 10000]
          soak: { min: 2s, max: 15s }
          saviorLimit: 8000
          maxRegionShare: 8000
          residual: 10
          residualFor: 20s
          stableFor: 20s
          blockWindow: 1h
          maxAutomaticPerDay: 1
          dnsTTL: 5s
          dnsMaxChange: 5000
          freezeCheck: 5s
          callTimeout: 2s
          maxAttempts: 5
          callsPerSecond: 20
        """

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
