/// What the command line says.
struct Settings {
    var address = "127.0.0.1"
    var port: UInt16 = 0
    var service = "service"
    var region = "region"
    var id = "instance"
    /// Requests per second.
    var capacity = 100
    /// Milliseconds without a listener after the start: the cold start.
    var warmAfter: Int64 = 0
    var addressFile: String?
    var readyFile: String?
    var faultFile: String?
    var parentFile: String?

    struct Problem: Error { var text: String }

    static func parse(_ arguments: [String]) -> Result<Settings, Problem> {
        var settings = Settings()
        var index = 0
        while index < arguments.count {
            let name = arguments[index]
            guard index + 1 < arguments.count else { return .failure(.init(text: "\(name) needs a value")) }
            if let text = settings.set(name, to: arguments[index + 1]) { return .failure(.init(text: text)) }
            index += 2
        }
        return .success(settings)
    }

    /// Nil when the option was taken, else what is wrong with it.
    private mutating func set(_ name: String, to value: String) -> String? {
        switch name {
        case "--listen":
            guard let colon = value.lastIndex(of: ":"), let port = UInt16(value[value.index(after: colon)...]) else {
                return "--listen \(value): write address:port, as in 127.0.0.1:9000 (port 0 picks one)"
            }
            self.address = String(value[..<colon])
            self.port = port
        case "--capacity":
            guard let number = Int(value), (1...1_000_000).contains(number) else {
                return "--capacity \(value): write requests per second, 1 to 1000000"
            }
            self.capacity = number
        case "--warm-after":
            guard let number = Int64(value), (0...86_400_000).contains(number) else {
                return "--warm-after \(value): write milliseconds, 0 to 86400000"
            }
            self.warmAfter = number
        case "--service": self.service = value
        case "--region": self.region = value
        case "--id": self.id = value
        case "--address-file": self.addressFile = value
        case "--ready-file": self.readyFile = value
        case "--fault-file": self.faultFile = value
        case "--parent-file": self.parentFile = value
        default:
            return "\(name) is unknown; known are --listen, --capacity, --warm-after, --service, --region, --id, "
                + "--address-file, --ready-file, --fault-file and --parent-file"
        }
        return nil
    }
}
