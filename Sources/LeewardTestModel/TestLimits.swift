public import LeewardModel

extension Limits {
    /// The lab's limits, for tests; `change` is what a test is about.
    public static func test(_ change: (inout Limits) -> Void = { _ in }) -> Limits {
        var limits = Limits.lab
        change(&limits)
        return limits
    }
}
