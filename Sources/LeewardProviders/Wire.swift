public import LeewardModel

/// What the controller sends to an agent or to a process host; one JSON object per POST.
public struct EffectRequest: Hashable, Sendable, Codable {
    public var fence: Fence
    public var effect: Effect
    public init(fence: Fence, effect: Effect) {
        self.fence = fence
        self.effect = effect
    }
}

/// The receiver's answer.
public struct EffectAnswer: Hashable, Sendable, Codable {
    public var outcome: Outcome
    public init(outcome: Outcome) { self.outcome = outcome }
}

/// A line in a receiver's own durable log: what it really did.
///
/// `GET /v1/log` lists them, oldest first.
public struct AppliedEffect: Hashable, Sendable, Codable {
    public var fence: Fence
    public var effect: Effect
    public init(fence: Fence, effect: Effect) {
        self.fence = fence
        self.effect = effect
    }
}
