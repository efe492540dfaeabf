import Foundation

/// What one run of the lab is asked to be.
package struct LabOptions: Hashable, Sendable, Codable {
    /// Run folder; emptied when a run starts.
    package var folder: String
    /// us-east local time that is "now".
    package var at: WeekTime
    package var seed: UInt64
    package var withShadow: Bool
    package var withDaemon: Bool
    package var withClients: Bool
    /// How long a cold-started instance takes until it serves.
    package var coldStartSeconds: Int
    /// The run outlives the process that started it.
    package var isDetached: Bool
    /// Folder by which the controller can be made to die at named points; nil: the points are off.
    package var failpoints: String?
    /// Part of the usual users that there are; nil: all of them.
    package var traffic: Double?

    package init(
        folder: String = "out/lab",
        at: WeekTime = .wednesdayEvening,
        seed: UInt64 = 1,
        withShadow: Bool = true,
        withDaemon: Bool = true,
        withClients: Bool = true,
        coldStartSeconds: Int = 90,
        isDetached: Bool = false
    ) {
        self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        self.at = at
        self.seed = seed
        self.withShadow = withShadow
        self.withDaemon = withDaemon
        self.withClients = withClients
        self.coldStartSeconds = coldStartSeconds
        self.isDetached = isDetached
    }
}
