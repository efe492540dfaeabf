extension Forecast {
    /// Ready instances that carry nine of ten outcomes with each of them loaded to at most `limit` basis points.
    ///
    /// - Parameters:
    ///   - capacity: Requests per second that one instance carries.
    ///   - limit: Load over capacity that is allowed, in basis points.
    /// - Returns: Nil where capacity or limit is not positive, or the forecast is no finite number.
    public func instances(capacity: Int, limit: Int) -> Int? {
        guard capacity > 0, limit > 0, self.p90.isFinite, self.p90 >= 0 else { return nil }
        let each = Double(capacity) * Double(limit) / 10_000
        return Int(exactly: (self.p90 / each - 1e-9).rounded(.up))
    }
}
