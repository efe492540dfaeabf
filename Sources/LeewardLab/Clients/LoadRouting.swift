import LeewardModel
import NIOCore
import NIOPosix

/// From a request that is due to a connection that carries it.
extension Load {
    func route(_ flight: Flight, now: UInt64) {
        let user = flight.user
        if let target = user.knownTarget(now: now) {
            // Asked a little before the end, so that a slow answer holds nobody up; the old one is used to its end.
            if user.mustAskAgain(now: now) { self.ask(for: user, now: now) }
            return self.send(flight, to: target, now: now)
        }
        if user.wait(flight) { self.ask(for: user, now: now) }
    }

    private func ask(for user: ClientUser, now: UInt64) {
        self.resolver.resolve(self.settings.geographies[user.geography].host, now: now) { answer in
            self.learn(answer, for: user)
        }
    }

    private func learn(_ answer: AddressQuery.Answer?, for user: ClientUser) {
        let now = NIODeadline.now().uptimeNanoseconds
        let addresses = answer?.addresses ?? []
        // Whoever has an address that is still right stays there.
        let stays = user.target.map { addresses.contains($0.text) } ?? false
        let chosen = stays ? user.target : self.pick(addresses).flatMap(self.target)
        // Answers on their last second say 0; nobody asks for every single request.
        var kept = UInt64(max(answer?.ttl ?? 0, 1)) * 1_000_000_000
        if !user.honoursTTL {
            kept = self.settings.ignoringFor.map { UInt64($0.milliseconds) * 1_000_000 } ?? .max / 2
        }
        for flight in user.learn(chosen, validUntil: now + kept) where !flight.isDecided {
            if let chosen {
                self.send(flight, to: chosen, now: now)
            } else {
                self.decide(flight, .failed("unresolved"))
            }
        }
    }

    private func send(_ flight: Flight, to target: Target, now: UInt64) {
        flight.target = target
        let isFresh = Int(self.random.next() % 10_000) < self.settings.newConnections
        let idleLimit = now - min(now, UInt64(self.settings.maxIdle.milliseconds) * 1_000_000)
        if !isFresh, let connection = flight.user.takeIdle(to: target, usedSince: idleLimit) {
            return connection.send(flight)
        }
        let connection = ClientConnection(
            load: self,
            user: flight.user,
            target: target,
            flight: flight,
            closesAfterUse: isFresh
        )
        let bound = NIOLoopBound(connection, eventLoop: self.loop)
        ClientBootstrap(group: self.loop)
            .connectTimeout(.milliseconds(self.settings.timeout.milliseconds))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
            }
            .connect(to: target.address)
            .whenFailure { _ in bound.value.connectFailed() }
    }

    private func pick(_ addresses: [String]) -> String? {
        addresses.isEmpty ? nil : addresses[Int(self.random.next() % UInt64(addresses.count))]
    }

    private func target(_ address: String) -> Target? {
        if let known = self.targets[address] { return known }
        let entry = self.settings.entries.first { $0.address == address }
        guard let port = (entry ?? self.settings.entries.first)?.port,
            let socket = try? SocketAddress(ipAddress: address, port: port)
        else { return nil }
        let region = self.ledger.index(of: entry?.region.text ?? "unknown")
        let target = Target(region: region, address: socket, text: address)
        self.targets[address] = target
        return target
    }
}
