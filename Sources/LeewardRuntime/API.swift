public import LeewardEngine
public import LeewardModel

/// `GET /v1/status`.
public struct StatusAnswer: Hashable, Sendable, Codable {
    public var status: FleetStatus
    /// The last hundred, oldest first.
    public var notices: [NoticeLine]
    /// The daemon's wall clock at the answer.
    public var wall: WallTime
    /// Why the daemon only serves readers (S43); nil when it acts.
    public var problem: String?
    public init(status: FleetStatus, notices: [NoticeLine], wall: WallTime, problem: String? = nil) {
        self.status = status
        self.notices = notices
        self.wall = wall
        self.problem = problem
    }
}

/// One sentence that people were told, and when.
public struct NoticeLine: Hashable, Sendable, Codable {
    public var wall: WallTime
    public var level: Notice.Level
    public var text: String
    public init(wall: WallTime, level: Notice.Level, text: String) {
        self.wall = wall
        self.level = level
        self.text = text
    }
}

/// `GET /v1/plan?region=R`.
public enum PlanAnswer: Hashable, Sendable, Codable {
    case plan(PlanPreview)
    /// There is no plan; one sentence with the rule's id.
    case refused(String)
}

/// `POST /v1/command`; the answer is a `Reply`.
public struct CommandRequest: Hashable, Sendable, Codable {
    public var command: Command
    /// The operator's login; 1 to 64 printable ASCII characters, and never `automation`.
    public var principal: Principal
    public init(command: Command, principal: Principal) {
        self.command = command
        self.principal = principal
    }
}

/// `POST /v1/deploys`, for deploy tools and webhooks; the answer is a `Reply`.
public struct DeployAnnouncement: Hashable, Sendable, Codable {
    public var service: ServiceID
    public var regions: [RegionID]
    public var version: String
    /// Until the version before would serve again after a rollback; ten minutes where it is missing.
    public var rollbackSeconds: Int64?
    /// Who says so; the same rules as for a command's.
    public var principal: Principal

    public init(
        service: ServiceID,
        regions: [RegionID],
        version: String,
        rollbackSeconds: Int64? = nil,
        principal: Principal
    ) {
        self.service = service
        self.regions = regions
        self.version = version
        self.rollbackSeconds = rollbackSeconds
        self.principal = principal
    }

    /// The command that it stands for; seconds beyond a day are as wrong as a day and one second.
    var request: CommandRequest {
        let seconds = min(max(self.rollbackSeconds ?? 600, 0), 86_401)
        let deploy = Deploy(
            service: self.service,
            regions: self.regions,
            version: self.version,
            rollback: .seconds(seconds)
        )
        return CommandRequest(command: .deployed(deploy), principal: self.principal)
    }
}

/// Body of every answer whose status is not 200.
public struct APIProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// One sentence with the remedy.
    public var problem: String
    public init(problem: String) { self.problem = problem }
    public var description: String { self.problem }
}
