import LeewardForecast
import LeewardModel
struct DemandModel: Sendable { static func fit(history: [Sample]) -> DemandModel { .init() }
 func load(of: ServiceID, in: RegionID, traffic: Double, at: WallTime) -> Forecast? { nil } }
