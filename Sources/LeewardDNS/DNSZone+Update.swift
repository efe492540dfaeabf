public import LeewardModel

extension DNSZone {
    /// Writes the marker with the fence's epoch and key, keeping its generation (0 where there was none).
    public func claim(old: SnapshotMark?, fence: Fence) async -> Outcome {
        if let old, fence.epoch < old.epoch { return .refused(fence.refusal(below: old)) }
        let generation = old?.generation ?? Generation(0)
        let mark = SnapshotMark(generation: generation, epoch: fence.epoch, key: fence.key)
        return await self.write(self.servers.map { _ in Before(marker: old, sets: []) }, new: mark)
    }

    /// Replaces the record sets and the marker at each server; refuses locally what no server should be asked for.
    public func update(_ change: ZoneChange, fence: Fence) async -> Outcome {
        let (seconds, rest) = change.ttl.milliseconds.quotientAndRemainder(dividingBy: 1000)
        guard rest == 0, let ttl = UInt32(exactly: seconds), ttl <= 0x7fff_ffff else {
            return .refused("a TTL of \(change.ttl) is not a whole number of seconds that DNS can carry")
        }
        var before: [Before] = []
        for server in self.servers {
            let own = change.at(server.description)
            if let reason = own.refusal(fence) { return .refused(reason) }
            do throws(UpdateProblem) {
                before.append(Before(marker: own.oldMarker, sets: try self.sets(own.sets, ttl: ttl)))
            } catch {
                return .refused(error.reason)
            }
        }
        let mark = SnapshotMark(generation: change.newGeneration, epoch: fence.epoch, key: fence.key)
        return await self.write(before, new: mark)
    }

    /// What one server is expected to have, and what it gets.
    private struct Before {
        var marker: SnapshotMark?
        var sets: [RecordSetChange]
    }

    private struct UpdateProblem: Error {
        var reason: String
    }

    private func sets(
        _ changes: SortedMap<HostName, RecordChange>,
        ttl: UInt32
    ) throws(UpdateProblem) -> [RecordSetChange] {
        var sets: [RecordSetChange] = []
        for (host, record) in changes {
            guard let name = DNSName(host.text), name.isInside(self.zone), name != self.marker else {
                throw UpdateProblem(reason: "host \(host) is no name inside zone \(self.spec.name)")
            }
            let old = record.old.map { IPv4($0) }
            let new = record.new.map { IPv4($0) }
            if let index = (old + new).firstIndex(of: nil) {
                throw UpdateProblem(reason: "\((record.old + record.new)[index]) for \(host) is no IPv4 address")
            }
            sets.append(
                .init(
                    name: name,
                    old: Set(old.compactMap { $0 }).sorted(),
                    new: Set(new.compactMap { $0 }).sorted(),
                    ttl: ttl
                )
            )
        }
        return sets
    }

    /// One server after another; it stops at the first refusal, since a stale writer must not reach a lagging server.
    private func write(_ before: [Before], new: SnapshotMark) async -> Outcome {
        var messages: [DNSMessage] = []
        for before in before {
            guard let message = self.message(before.sets, old: before.marker, new: new) else {
                return .refused("key \(new.key) cannot be written into a TXT record; use 1...180 plain characters")
            }
            messages.append(message)
        }
        var outcomes: [(server: DNSServerAddress, outcome: Outcome)] = []
        for (server, message) in zip(self.servers, messages) {
            let outcome = await self.send(message, to: server, new: new)
            outcomes.append((server, outcome))
            if case .refused = outcome { break }
        }
        return self.combined(outcomes)
    }

    private func combined(_ outcomes: [(server: DNSServerAddress, outcome: Outcome)]) -> Outcome {
        var landed: [String] = []
        var problems: [String] = []
        var isUnknown = false
        var isRefused = false
        for (server, outcome) in outcomes {
            switch outcome {
            case .done: landed.append(server.description)
            case .refused(let reason):
                isRefused = true
                problems.append("refused at \(server): \(reason)")
            case .failed(let reason): problems.append("failed at \(server): \(reason)")
            case .unknown(let reason):
                isUnknown = true
                problems.append("unknown at \(server): \(reason)")
            }
        }
        if problems.isEmpty { return .done }
        var text = "zone \(self.spec.name): " + problems.joined(separator: "; ")
        if !landed.isEmpty { text += "; landed at " + landed.joined(separator: ", ") }
        // Where a part landed, neither "nothing changed" nor "safe to forget" would be true.
        if isUnknown || !landed.isEmpty { return .unknown(text) }
        return isRefused ? .refused(text) : .failed(text)
    }

    /// The unsigned update; nil when the mark has no text.
    func message(_ sets: [RecordSetChange], old: SnapshotMark?, new: SnapshotMark) -> DNSMessage? {
        guard let newText = ZoneMarker.text(new) else { return nil }
        var message = DNSMessage(id: .random(in: .min ... .max), operation: .update)
        message.questions = [DNSQuestion(self.zone, .soa)]
        if let old {
            guard let oldText = ZoneMarker.text(old) else { return nil }
            message.answers.append(DNSRecord(self.marker, .txt, ttl: 0, .text([Array(oldText.utf8)])))
        } else {
            message.answers.append(DNSRecord(self.marker, .txt, .none, ttl: 0, .empty))
        }
        for set in sets {
            message.answers += set.prerequisites
            message.authorities += set.updates
        }
        message.authorities.append(DNSRecord(self.marker, .txt, .any, ttl: 0, .empty))
        message.authorities.append(DNSRecord(self.marker, .txt, ttl: 0, .text([Array(newText.utf8)])))
        return message
    }
}

/// One A record set, before and after.
struct RecordSetChange: Hashable, Sendable {
    var name: DNSName
    var old: [IPv4]
    var new: [IPv4]
    var ttl: UInt32

    /// "Exists with exactly this value" for each old record, or "does not exist" (RFC 2136, section 2.4).
    var prerequisites: [DNSRecord] {
        if self.old.isEmpty { return [DNSRecord(self.name, .a, .none, ttl: 0, .empty)] }
        return self.old.map { DNSRecord(self.name, .a, ttl: 0, .address($0)) }
    }

    /// Delete and add within one message, so that no reader ever sees the set empty.
    var updates: [DNSRecord] {
        [DNSRecord(self.name, .a, .any, ttl: 0, .empty)]
            + self.new.map { DNSRecord(self.name, .a, ttl: self.ttl, .address($0)) }
    }
}
