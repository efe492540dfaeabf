/// A map that is always in key order, so that iterating it gives the same answer on every machine and run.
///
/// Lookups are binary searches; the maps of a fleet hold tens to thousands of keys and are read far more than written.
/// Inlinable, because every room walks such maps and unspecialised code for them took most of the controller's time.
public struct SortedMap<Key: Comparable & Hashable & Sendable, Value: Sendable>: Sendable {
    @usableFromInline
    var storedKeys: [Key] = []
    @usableFromInline
    var storedValues: [Value] = []

    /// In order.
    @inlinable
    public var keys: [Key] { self.storedKeys }
    /// In the order of their keys.
    @inlinable
    public var values: [Value] { self.storedValues }

    @inlinable
    public init() {}

    /// Later pairs win over earlier ones with the same key.
    @inlinable
    public init(_ pairs: some Sequence<(Key, Value)>) {
        for (key, value) in pairs { self[key] = value }
    }

    /// Keys that are in order already, each once, and as many values; nobody looks whether they are.
    @inlinable
    public init(ordered keys: [Key], _ values: [Value]) {
        self.storedKeys = keys
        self.storedValues = values
    }

    /// The same without the keys whose value is nil.
    @inlinable
    public init(ordered keys: [Key], _ values: [Value?]) {
        let count = values.count { $0 != nil }
        self.storedKeys = count == keys.count ? keys : keys.indices.compactMap { values[$0] == nil ? nil : keys[$0] }
        self.storedValues.reserveCapacity(count)
        for case let value? in values { self.storedValues.append(value) }
    }

    @inlinable
    public var isEmpty: Bool { self.keys.isEmpty }
    @inlinable
    public var count: Int { self.keys.count }

    @inlinable
    public subscript(key: Key) -> Value? {
        get {
            let index = self.lowerBound(key)
            return index < self.storedKeys.count && self.storedKeys[index] == key ? self.storedValues[index] : nil
        }
        set {
            // Maps are mostly filled in order.
            if let last = self.storedKeys.last, last < key {
                guard let newValue else { return }
                self.storedKeys.append(key)
                self.storedValues.append(newValue)
                return
            }
            let index = self.lowerBound(key)
            let found = index < self.storedKeys.count && self.storedKeys[index] == key
            switch (found, newValue) {
            case (true, let value?): self.storedValues[index] = value
            case (true, nil):
                self.storedKeys.remove(at: index)
                self.storedValues.remove(at: index)
            case (false, let value?):
                self.storedKeys.insert(key, at: index)
                self.storedValues.insert(value, at: index)
            case (false, nil): break
            }
        }
    }

    @inlinable
    public subscript(key: Key, default fallback: @autoclosure () -> Value) -> Value {
        get { self[key] ?? fallback() }
        // In its place: what is read, changed and put back would be copied whole.
        _modify {
            let index = self.lowerBound(key)
            if index == self.storedKeys.count || self.storedKeys[index] != key {
                self.storedKeys.insert(key, at: index)
                self.storedValues.insert(fallback(), at: index)
            }
            yield &self.storedValues[index]
        }
    }

    /// Changes the value of a key in its place, without a copy; false, and nothing done, where there is none.
    @inlinable
    @discardableResult
    public mutating func update(_ key: Key, _ change: (inout Value) throws -> Void) rethrows -> Bool {
        let index = self.lowerBound(key)
        guard index < self.storedKeys.count, self.storedKeys[index] == key else { return false }
        try change(&self.storedValues[index])
        return true
    }

    /// Sets the value of every key of another map to what `combine` makes of it and the value here, nil where there is none.
    ///
    /// One pass over both instead of a search per key.
    @inlinable
    public mutating func merge<Other>(_ other: SortedMap<Key, Other>, _ combine: (Value?, Other) -> Value) {
        var place = 0
        for (key, value) in other {
            while place < self.storedKeys.count, self.storedKeys[place] < key { place += 1 }
            if place < self.storedKeys.count, self.storedKeys[place] == key {
                self.storedValues[place] = combine(self.storedValues[place], value)
            } else {
                self.storedKeys.insert(key, at: place)
                self.storedValues.insert(combine(nil, value), at: place)
            }
            place += 1
        }
    }

    /// Walks this map's keys in order, each with its own value and the other map's, nil where that has none.
    ///
    /// One pass over both instead of a search per key; maps that were made from the same keys cost no comparison at all.
    @inlinable
    public func forEach<Other>(
        beside other: SortedMap<Key, Other>,
        _ body: (Key, Value, Other?) throws -> Void
    ) rethrows {
        if self.storedKeys == other.storedKeys {
            for index in self.storedKeys.indices {
                try body(self.storedKeys[index], self.storedValues[index], other.storedValues[index])
            }
            return
        }
        var place = 0
        for index in self.storedKeys.indices {
            let key = self.storedKeys[index]
            while place < other.storedKeys.count, other.storedKeys[place] < key { place += 1 }
            let isFound = place < other.storedKeys.count && other.storedKeys[place] == key
            try body(key, self.storedValues[index], isFound ? other.storedValues[place] : nil)
        }
    }

    /// What `transform` makes of this map's values, each with the other map's beside it; without the keys it gives nil for.
    @inlinable
    public func compactMapValues<Other, Result>(
        beside other: SortedMap<Key, Other>,
        _ transform: (Key, Value, Other?) throws -> Result?
    ) rethrows -> SortedMap<Key, Result> {
        var keys: [Key] = []
        var values: [Result] = []
        values.reserveCapacity(self.storedValues.count)
        var index = 0
        try self.forEach(beside: other) { key, value, found in
            if let result = try transform(key, value, found) {
                if values.count < index { keys.append(key) }
                values.append(result)
            } else if values.count == index {
                keys = Array(self.storedKeys[..<index])
            }
            index += 1
        }
        return SortedMap<Key, Result>(ordered: values.count == index ? self.storedKeys : keys, values)
    }

    @inlinable
    public func mapValues<Other>(_ transform: (Value) throws -> Other) rethrows -> SortedMap<Key, Other> {
        SortedMap<Key, Other>(ordered: self.storedKeys, try self.storedValues.map(transform))
    }

    @inlinable
    func lowerBound(_ key: Key) -> Int {
        var low = 0
        var high = self.storedKeys.count
        while low < high {
            let middle = (low + high) / 2
            if self.storedKeys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SortedMap: Sequence {
    /// Walks the pairs in key order.
    public struct Iterator: IteratorProtocol {
        @usableFromInline
        let map: SortedMap
        @usableFromInline
        var index = 0
        @inlinable
        init(_ map: SortedMap) { self.map = map }
        @inlinable
        public mutating func next() -> (Key, Value)? {
            guard self.index < self.map.storedKeys.count else { return nil }
            defer { self.index += 1 }
            return (self.map.storedKeys[self.index], self.map.storedValues[self.index])
        }
    }

    @inlinable
    public func makeIterator() -> Iterator { Iterator(self) }
    @inlinable
    public var underestimatedCount: Int { self.count }
}

extension SortedMap: Equatable where Value: Equatable {}
extension SortedMap: Hashable where Value: Hashable {}

extension SortedMap: ExpressibleByDictionaryLiteral {
    @inlinable
    public init(dictionaryLiteral elements: (Key, Value)...) { self.init(elements) }
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
