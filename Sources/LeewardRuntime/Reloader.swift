@preconcurrency import Dispatch
import Foundation
import LeewardEngine
import LeewardFleetFile
import LeewardModel
import Logging

/// Reads the fleet file again when asked (SIGHUP): a bad or weaker file changes nothing, and says everything wrong with it.
struct Reloader: Sendable {
    let read: @Sendable () -> Result<Fleet, FleetFileError>
    let mailbox: Mailbox
    let teller: Teller

    /// Takes one request after the other until the task is cancelled.
    func run(_ requests: AsyncStream<Void>, from fleet: Fleet) async {
        var reload = FleetReload(inForce: fleet)
        for await _ in requests {
            let reading = self.read()
            // Ports are made once; a fleet whose addresses differ would be acted on at the old ones.
            if case .success(let new) = reading, !Self.hasSamePlaces(reload.inForce, new) {
                self.tell(
                    .warning,
                    "the fleet file is not taken: regions, addresses, the zone or the metrics store differ; "
                        + "restart the daemon for that, it resumes where it is"
                )
                continue
            }
            switch reload.take(reading) {
            case .unchanged: self.tell(.info, "the fleet file says what is in force already")
            case .accept(let fleet): self.mailbox.post(.fleetChanged(fleet))
            case .keep(let error):
                for problem in error.problems { self.tell(.warning, problem.description) }
                self.tell(.warning, "the fleet file is not taken; the fleet in force stays (S22)")
            case .refuse(let changes):
                for change in changes { self.tell(.warning, change.description) }
                self.tell(.warning, "the fleet file is not taken; the fleet in force stays (S22)")
            }
        }
    }

    private func tell(_ level: Notice.Level, _ text: String) { self.teller.tell(Notice(level, text), [:]) }

    private static func hasSamePlaces(_ old: Fleet, _ new: Fleet) -> Bool {
        func places(_ fleet: Fleet) -> SortedMap<RegionID, [String]> {
            fleet.regions.mapValues { [$0.edge.agent.description, $0.provider.description] }
        }
        return places(old) == places(new) && old.zone == new.zone && old.signals == new.signals
            && old.geographies.mapValues(\.host) == new.geographies.mapValues(\.host)
    }

    /// One element per SIGHUP that the process gets; the signal's default (ending the process) is switched off.
    static func hangups() -> AsyncStream<Void> {
        AsyncStream { continuation in
            signal(SIGHUP, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGHUP)
            source.setEventHandler { continuation.yield() }
            continuation.onTermination = { _ in source.cancel() }
            source.resume()
        }
    }
}
