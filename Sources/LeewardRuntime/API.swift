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

/// Body of every answer whose status is not 200.
public struct APIProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// One sentence with the remedy.
    public var problem: String
    public init(problem: String) { self.problem = problem }
    public var description: String { self.problem }
}
