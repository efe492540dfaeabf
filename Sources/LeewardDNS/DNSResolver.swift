public import LeewardModel
public import LeewardProviders

/// Asks a recursive resolver, as a client of the zone would.
public enum DNSResolver {
    /// The addresses of a host in the order of the answer, and for how many seconds they may be kept.
    ///
    /// `server` is "address:port" of a resolver. Throws when it does not answer before the deadline, answers with an error,
    /// or when the host has no address; a CNAME chain inside the answer is followed, and the smallest TTL counts.
    public static func resolve(
        _ host: HostName,
        server: String,
        deadline: Span = .seconds(2)
    ) async throws(ProviderError) -> (addresses: [String], ttl: Span) {
        let subject = "resolver \(server)"
        guard let address = DNSServerAddress(server) else {
            throw ProviderError(subject: subject, reason: "is not address:port, such as 127.0.0.1:53", retry: .never)
        }
        guard let name = DNSName(host.text) else {
            throw ProviderError(subject: subject, reason: "\(host) is no DNS name", retry: .never)
        }
        var query = DNSMessage(id: .random(in: .min ... .max))
        query.wantsRecursion = true
        query.questions = [DNSQuestion(name, .a)]
        let answer: DNSMessage
        do {
            answer = try await DNSExchange(address, within: deadline).ask(query)
        } catch {
            throw ProviderError(subject: subject, reason: error.description)
        }
        guard answer.code == .noError, !answer.isTruncated else {
            throw ProviderError(subject: subject, reason: "answers \(answer.code) for \(host)")
        }
        guard let found = self.addresses(of: name, in: answer.answers) else {
            throw ProviderError(subject: subject, reason: "has no address for \(host)")
        }
        return found
    }

    /// The addresses that the records hold for a host, aliases followed; nil when there are none.
    package static func addresses(of host: DNSName, in records: [DNSRecord]) -> (addresses: [String], ttl: Span)? {
        var name = host
        var ttl = UInt32.max
        // Each alias is used once, so a loop of aliases ends.
        for _ in 0...records.count {
            let own = records.filter { $0.name == name && $0.class == .internet }
            var addresses: [String] = []
            for record in own where record.type == .a {
                guard case .address(let address) = record.data else { continue }
                addresses.append(address.description)
                ttl = min(ttl, record.ttl)
            }
            if !addresses.isEmpty { return (addresses, .seconds(Int64(ttl))) }
            guard let alias = own.first(where: { $0.type == .cname }), case .name(let target) = alias.data else {
                return nil
            }
            ttl = min(ttl, alias.ttl)
            name = target
        }
        return nil
    }
}
