import Foundation
public import LeewardModel
public import LeewardProviders

/// A zone whose authoritative servers take updates by RFC 2136, signed with hmac-sha256.
///
/// Every update is one message: the server compares the marker and the old record sets and replaces them, or does nothing.
/// Values are immutable; any number of calls may run at once, the servers order them.
public struct DNSZone: ZonePort {
    /// The zone as the fleet file names it.
    public let spec: ZoneSpec
    /// The names that `report()` asks for, in order.
    public let hosts: [HostName]
    let key: TSIGKey
    let zone: DNSName
    let marker: DNSName
    let servers: [DNSServerAddress]
    let hostNames: [(host: HostName, name: DNSName)]
    let callTimeout: Span
    let reportTimeout: Span
    /// Seconds since 1970: TSIG is the only reader of the wall clock here.
    let time: @Sendable () -> UInt64

    /// A zone with its key; `hosts` are the geographies' names.
    ///
    /// `callTimeout` bounds an update at each server, `reportTimeout` a reading of it. Throws when the names or
    /// addresses cannot be used; nothing is sent.
    public init(
        _ spec: ZoneSpec,
        key: TSIGKey,
        hosts: [HostName],
        callTimeout: Span = .seconds(2),
        reportTimeout: Span = .seconds(1)
    ) throws(ProviderError) {
        try self.init(
            spec,
            key: key,
            hosts: hosts,
            callTimeout: callTimeout,
            reportTimeout: reportTimeout,
            time: { UInt64(max(0, Date().timeIntervalSince1970)) }
        )
    }

    /// The same with the key read from the spec's key file.
    public init(
        _ spec: ZoneSpec,
        hosts: [HostName],
        callTimeout: Span = .seconds(2),
        reportTimeout: Span = .seconds(1)
    ) throws(ProviderError) {
        let key = try TSIGKey.read(name: spec.keyName, file: spec.keyFile)
        try self.init(spec, key: key, hosts: hosts, callTimeout: callTimeout, reportTimeout: reportTimeout)
    }

    package init(
        _ spec: ZoneSpec,
        key: TSIGKey,
        hosts: [HostName],
        callTimeout: Span,
        reportTimeout: Span,
        time: @escaping @Sendable () -> UInt64
    ) throws(ProviderError) {
        func problem(_ reason: String) -> ProviderError {
            ProviderError(subject: "zone \(spec.name)", reason: reason, retry: .never)
        }
        guard let zone = DNSName(spec.name), let marker = ZoneMarker.name(in: zone) else {
            throw problem("the name is no DNS name")
        }
        var servers: [DNSServerAddress] = []
        for text in spec.servers {
            guard let server = DNSServerAddress(text) else {
                throw problem("server \(text) is not address:port, such as 192.0.2.1:53")
            }
            guard !servers.contains(server) else { throw problem("server \(text) is listed twice") }
            servers.append(server)
        }
        guard !servers.isEmpty else { throw problem("no server is listed") }
        var names: [(host: HostName, name: DNSName)] = []
        for host in hosts.sorted() {
            guard let name = DNSName(host.text), name.isInside(zone), name != marker else {
                throw problem("host \(host) is no name inside the zone")
            }
            names.append((host, name))
        }
        self.spec = spec
        self.hosts = names.map(\.host)
        self.key = key
        self.zone = zone
        self.marker = marker
        self.servers = servers
        self.hostNames = names
        self.callTimeout = callTimeout
        self.reportTimeout = reportTimeout
        self.time = time
    }
}
