public import LeewardModel

extension DNSZone {
    /// Asks every server at once; one that does not answer everything, as the authority and in time, is `silent`.
    public func report() async -> ZoneReport {
        var report = ZoneReport(servers: [], silent: [])
        for (server, reading) in await self.readings() {
            switch reading {
            case .success(let answer): report.servers.append(answer)
            case .failure: report.silent.append(server.description)
            }
        }
        return report
    }

    /// One sentence for every server that `report()` would call silent: what it answered and what to look at.
    public func problems() async -> [String] {
        await self.readings().compactMap { server, reading in
            guard case .failure(let failure) = reading else { return nil }
            return "zone \(self.spec.name) at \(server): \(failure)"
        }
    }

    private func readings() async -> [(DNSServerAddress, Result<ZoneServerReport, ZoneReadFailure>)] {
        await withTaskGroup(of: (Int, Result<ZoneServerReport, ZoneReadFailure>).self) { group in
            for (index, server) in self.servers.enumerated() {
                group.addTask { (index, await self.reading(server)) }
            }
            var results: [(Int, Result<ZoneServerReport, ZoneReadFailure>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map { (self.servers[$0.0], $0.1) }
        }
    }

    /// Not written into the child task: Swift 6.3.1, optimising, overwrites what a `do throws` there has captured.
    private func reading(_ server: DNSServerAddress) async -> Result<ZoneServerReport, ZoneReadFailure> {
        do throws(ZoneReadFailure) { return .success(try await self.read(server)) } catch { return .failure(error) }
    }

    /// One server's whole answer between two equal serials, so that no update falls in the middle of it.
    private func read(_ server: DNSServerAddress) async throws(ZoneReadFailure) -> ZoneServerReport {
        let exchange = DNSExchange(server, within: self.reportTimeout)
        var serial = try await self.serial(exchange)
        while true {
            let marker = try await self.mark(exchange)
            let records = try await self.addresses(exchange)
            let after = try await self.serial(exchange)
            if after == serial {
                return .init(server: server.description, serial: serial, marker: marker, records: records)
            }
            serial = after
        }
    }

    private func serial(_ exchange: DNSExchange) async throws(ZoneReadFailure) -> UInt32 {
        let data = try await self.lookUp(self.zone, .soa, exchange)
        guard data.count == 1, case .authority(let authority)? = data.first else {
            throw .init("the zone has no single SOA record there")
        }
        return authority.serial
    }

    /// The marker at one server, or nil where none exists; a text that Leeward did not write is a failure, not nil.
    func mark(_ exchange: DNSExchange) async throws(ZoneReadFailure) -> SnapshotMark? {
        let data = try await self.lookUp(self.marker, .txt, exchange)
        guard let first = data.first else { return nil }
        guard data.count == 1, case .text(let strings) = first,
            let mark = ZoneMarker.read(String(decoding: strings.joined(), as: UTF8.self))
        else {
            throw .init("\(self.marker) holds \(data.count) TXT record(s) that are no marker of Leeward; remove them")
        }
        return mark
    }

    private func addresses(
        _ exchange: DNSExchange
    ) async throws(ZoneReadFailure) -> SortedMap<HostName, [String]> {
        let answers = await self.answers(exchange)
        var records = SortedMap<HostName, [String]>()
        for (host, answer) in answers {
            var texts: [String] = []
            for data in try answer.get() {
                guard case .address(let address) = data else { throw .init("\(host) holds an A record without data") }
                texts.append(address.description)
            }
            records[host] = texts.sorted()
        }
        return records
    }

    private func answers(_ exchange: DNSExchange) async -> [(HostName, Result<[DNSData], ZoneReadFailure>)] {
        await withTaskGroup(of: (HostName, Result<[DNSData], ZoneReadFailure>).self) { group in
            for (host, name) in self.hostNames {
                group.addTask { (host, await self.answer(name, exchange)) }
            }
            var answers: [(HostName, Result<[DNSData], ZoneReadFailure>)] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
    }

    private func answer(_ name: DNSName, _ exchange: DNSExchange) async -> Result<[DNSData], ZoneReadFailure> {
        do throws(ZoneReadFailure) { return .success(try await self.lookUp(name, .a, exchange)) } catch {
            return .failure(error)
        }
    }

    /// The data of a record set, straight from the authority; a set that does not exist is empty, anything unclear throws.
    private func lookUp(
        _ name: DNSName,
        _ type: DNSType,
        _ exchange: DNSExchange
    ) async throws(ZoneReadFailure) -> [DNSData] {
        var query = DNSMessage(id: .random(in: .min ... .max))
        query.questions = [DNSQuestion(name, type)]
        let answer: DNSMessage
        do {
            answer = try await exchange.ask(query)
        } catch {
            throw .init(error.description)
        }
        guard answer.code == .noError || answer.code == .nameError else {
            throw .init("it answers \(answer.code) for \(name) \(type)")
        }
        guard !answer.isTruncated else { throw .init("its answer for \(name) \(type) is cut short even over TCP") }
        guard answer.isAuthoritative else { throw .init("it is not the authority for \(name)") }
        let found = answer.answers.filter { $0.name == name && $0.type == type && $0.class == .internet }
        guard found.count == answer.answers.count, answer.code == .noError || found.isEmpty else {
            throw .init("its answer for \(name) \(type) holds other records (a CNAME?)")
        }
        return found.map(\.data)
    }
}

/// Why a server's answer cannot stand for the zone's content.
struct ZoneReadFailure: Error, Hashable, Sendable, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
