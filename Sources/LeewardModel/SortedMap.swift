/// A map that is always in key order, so that iterating it gives the same answer on every machine and run.
///
/// Lookups are binary searches; the maps of a fleet hold tens to thousands of keys and are read far more than written.
public struct SortedMap<Key: Comparable & Hashable & Sendable, Value: Sendable>: Sendable {
    public private(set) var keys: [Key] = []
    public private(set) var values: [Value] = []

    public init() {}

    /// Later pairs win over earlier ones with the same key.
    public init(_ pairs: some Sequence<(Key, Value)>) {
        for (key, value) in pairs { self[key] = value }
    }

    public var isEmpty: Bool { self.keys.isEmpty }
    public var count: Int { self.keys.count }

    public subscript(key: Key) -> Value? {
        get {
            let index = self.lowerBound(key)
            return index < self.keys.count && self.keys[index] == key ? self.values[index] : nil
        }
        set {
            let index = self.lowerBound(key)
            let found = index < self.keys.count && self.keys[index] == key
            switch (found, newValue) {
            case (true, let value?): self.values[index] = value
            case (true, nil):
                self.keys.remove(at: index)
                self.values.remove(at: index)
            case (false, let value?):
                self.keys.insert(key, at: index)
                self.values.insert(value, at: index)
            case (false, nil): break
            }
        }
    }

    public subscript(key: Key, default fallback: @autoclosure () -> Value) -> Value {
        get { self[key] ?? fallback() }
        set { self[key] = newValue }
    }

    public func mapValues<Other>(_ transform: (Value) throws -> Other) rethrows -> SortedMap<Key, Other> {
        SortedMap<Key, Other>(sortedKeys: self.keys, values: try self.values.map(transform))
    }

    init(sortedKeys: [Key], values: [Value]) {
        self.keys = sortedKeys
        self.values = values
    }

    private func lowerBound(_ key: Key) -> Int {
        var low = 0
        var high = self.keys.count
        while low < high {
            let middle = (low + high) / 2
            if self.keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SortedMap: Sequence {
    /// Walks the pairs in key order.
    public struct Iterator: IteratorProtocol {
        private let map: SortedMap
        private var index = 0
        fileprivate init(_ map: SortedMap) { self.map = map }
        public mutating func next() -> (Key, Value)? {
            guard self.index < self.map.keys.count else { return nil }
            defer { self.index += 1 }
            return (self.map.keys[self.index], self.map.values[self.index])
        }
    }

    public func makeIterator() -> Iterator { Iterator(self) }
    public var underestimatedCount: Int { self.count }
}

extension SortedMap: Equatable where Value: Equatable {}
extension SortedMap: Hashable where Value: Hashable {}

extension SortedMap: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (Key, Value)...) { self.init(elements.map { ($0.0, $0.1) }) }
}

extension SortedMap: Encodable where Key: CodingKeyRepresentable, Value: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: TextKey.self)
        for (key, value) in self {
            try container.encode(value, forKey: TextKey(stringValue: key.codingKey.stringValue))
        }
    }
}

extension SortedMap: Decodable where Key: CodingKeyRepresentable, Value: Decodable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: TextKey.self)
        for name in container.allKeys {
            guard let key = Key(codingKey: name) else {
                throw DecodingError.dataCorruptedError(
                    forKey: name,
                    in: container,
                    debugDescription: "\(name.stringValue) is no key"
                )
            }
            self[key] = try container.decode(Value.self, forKey: name)
        }
    }
}

extension ClusterID: CodingKeyRepresentable {
    public var codingKey: any CodingKey { TextKey(stringValue: self.description) }
    public init?<Source: CodingKey>(codingKey: Source) {
        let parts = codingKey.stringValue.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        self.init(RegionID(String(parts[0])), ServiceID(String(parts[1])))
    }
}
