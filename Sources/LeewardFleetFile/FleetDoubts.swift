public import LeewardModel

extension Fleet {
    /// What is valid and probably not meant, one sentence each with its remedy; empty for most fleets.
    public var doubts: [String] {
        guard self.policy.relief < .act, self.policy.evacuation >= .approve else { return [] }
        return [
            "policy.evacuation is \(self.policy.evacuation.rawValue), and policy.relief is \(self.policy.relief.rawValue): "
                + "an evacuation grows only out of a relief, so none is ever proposed by itself; set policy.relief to act, "
                + "or policy.evacuation to observe if that is meant"
        ]
    }
}
