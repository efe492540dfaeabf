extension Limits {
    /// The lab's limits, of worlds and tests too: they make a run short, not the rules weaker.
    public static var lab: Limits {
        Limits(
            bucket: .seconds(5),
            staleAfter: .seconds(15),
            dipBelow: 7000,
            reliefAfter: 2,
            reliefReturnAfter: .seconds(10),
            maxReliefs: 3,
            reliefWindow: .hours(1),
            hardenAfter: .seconds(60),
            hardenAfterRelieved: .seconds(150),
            emergencyLadder: [100, 1000, 5000, 10_000],
            gentleLadder: [100, 500, 1000, 2500, 5000, 7500, 10_000],
            soakMin: .seconds(2),
            soakMax: .seconds(15),
            saviorLimit: 8000,
            maxRegionShare: 8000,
            residual: 10,
            residualFor: .seconds(20),
            stableFor: .seconds(20),
            blockWindow: .hours(1),
            maxAutomaticPerDay: 1,
            dnsTTL: .seconds(5),
            dnsMaxChange: 5000,
            freezeCheck: .seconds(5),
            callTimeout: .seconds(2),
            maxAttempts: 5,
            callsPerSecond: 20
        )
    }
}
