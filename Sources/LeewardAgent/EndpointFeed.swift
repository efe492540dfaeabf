import LeewardModel
import LeewardProviders
import Logging

/// Keeps the proxy's endpoints at what the region's own provider says, asked four times a second.
actor EndpointFeed {
    private let settings: AgentSettings
    private let folder: EdgeFolder
    private let provider: any CapacityPort
    private let logger: Logger
    private var endpoints: SortedMap<ServiceID, [LiveEndpoint]> = [:]
    private var written: SortedMap<ServiceID, [LiveEndpoint]> = [:]
    /// Why the last listing changed nothing; nil where it was good.
    private(set) var problem: String?

    init(_ settings: AgentSettings, provider: any CapacityPort, logger: Logger) {
        self.settings = settings
        self.folder = EdgeFolder(settings)
        self.provider = provider
        self.logger = logger
        for service in settings.fleet.services.keys {
            guard let found = self.folder.endpoints(of: service) else { continue }
            self.endpoints[service] = found
            self.written[service] = found
        }
    }

    func run() async {
        while !Task.isCancelled {
            await self.look()
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    /// Asks once and writes what changed.
    func look() async {
        do throws(ProviderError) {
            let listing = try await self.provider.report()
            let services = self.settings.fleet.services.keys
            if let next = EndpointRule.next(self.endpoints, listing: listing, services: services) {
                self.endpoints = next
                self.tell(nil)
            } else {
                self.tell("its listing is empty, incomplete or unreadable; the endpoints stay as they are")
            }
        } catch {
            if Task.isCancelled { return }
            self.tell(error.description)
        }
        for (service, endpoints) in self.endpoints where self.written[service] != endpoints {
            do throws(AgentError) {
                try self.folder.writeEndpoints(endpoints, of: service)
                self.written[service] = endpoints
                self.logger.info("\(service) has \(endpoints.count) endpoints")
            } catch {
                self.tell(error.description)
            }
        }
    }

    private func tell(_ problem: String?) {
        if let problem, self.problem == nil {
            self.logger.warning("the provider's listing changes nothing: \(problem)")
        } else if problem == nil, self.problem != nil {
            self.logger.info("the provider answers again")
        }
        self.problem = problem
    }
}
