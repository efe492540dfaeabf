import LeewardModel

/// Folds any encodable value into a `StableHash`, field by field in the order of its declaration.
///
/// Numbers count by their bits: nothing is formatted, and nothing depends on the machine or the build.
struct TraceHash: Sendable {
    private(set) var hash = StableHash()

    /// What a value holds that cannot be encoded shows as a mark; two traces with the same mark are the same.
    mutating func combine(_ value: some Encodable) {
        let sink = Sink(self.hash)
        do { try value.encode(to: HashEncoder(sink: sink)) } catch { sink.hash.combine("?") }
        self.hash = sink.hash
    }

    mutating func combine(_ number: Int64) { self.hash.combine(number) }
}

/// Where all containers of one value write.
private final class Sink {
    var hash: StableHash
    init(_ hash: StableHash) { self.hash = hash }
}

private struct HashEncoder: Encoder {
    let sink: Sink
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Keyed(sink: self.sink))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { Plain(sink: self.sink) }
    func singleValueContainer() -> any SingleValueEncodingContainer { Plain(sink: self.sink) }
}

extension Sink {
    fileprivate func add<T: Encodable>(_ value: T) throws {
        // Types are compared first: a cast that fails takes longer than all the rest.
        if T.self == String.self, let text = value as? String {
            self.hash.combine(text)
        } else if T.self == Int.self, let number = value as? Int {
            self.hash.combine(number)
        } else if T.self == Int64.self, let number = value as? Int64 {
            self.hash.combine(number)
        } else if T.self == UInt32.self, let number = value as? UInt32 {
            self.hash.combine(number)
        } else if T.self == Double.self, let number = value as? Double {
            self.hash.combine(number.bitPattern)
        } else if T.self == Bool.self, let flag = value as? Bool {
            self.hash.combine(flag ? 1 : 0)
        } else if T.self == SortedMap<ServiceID, Int>.self, let counts = value as? SortedMap<ServiceID, Int> {
            // As its own encoding would, without a container for each of thousands of services.
            for (service, count) in counts {
                self.hash.combine(service.text)
                self.hash.combine(count)
            }
        } else {
            try value.encode(to: HashEncoder(sink: self))
        }
    }
}

private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let sink: Sink
    var codingPath: [any CodingKey] { [] }
    mutating func encodeNil(forKey key: Key) { self.mark(key, "nil") }
    mutating func encode(_ value: Bool, forKey key: Key) { self.mark(key, value ? "true" : "false") }
    mutating func encode(_ value: String, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: Double, forKey key: Key) { self.mark(key, value.bitPattern) }
    mutating func encode(_ value: Float, forKey key: Key) { self.mark(key, value.bitPattern) }
    mutating func encode(_ value: Int, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: Int8, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: Int16, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: Int32, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: Int64, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: UInt, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: UInt8, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: UInt16, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: UInt32, forKey key: Key) { self.mark(key, value) }
    mutating func encode(_ value: UInt64, forKey key: Key) { self.mark(key, value) }
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        self.sink.hash.combine(key.stringValue)
        try self.sink.add(value)
    }
    mutating func nestedContainer<Other: CodingKey>(
        keyedBy keyType: Other.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Other> {
        self.sink.hash.combine(key.stringValue)
        return KeyedEncodingContainer(Keyed<Other>(sink: self.sink))
    }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        self.sink.hash.combine(key.stringValue)
        return Plain(sink: self.sink)
    }
    mutating func superEncoder() -> any Encoder { HashEncoder(sink: self.sink) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { HashEncoder(sink: self.sink) }
    private func mark(_ key: Key, _ value: some BinaryInteger) {
        self.sink.hash.combine(key.stringValue)
        self.sink.hash.combine(value)
    }
    private func mark(_ key: Key, _ text: String) {
        self.sink.hash.combine(key.stringValue)
        self.sink.hash.combine(text)
    }
}

private struct Plain: UnkeyedEncodingContainer, SingleValueEncodingContainer {
    let sink: Sink
    var codingPath: [any CodingKey] { [] }
    var count: Int { 0 }
    mutating func encodeNil() { self.sink.hash.combine("nil") }
    mutating func encode(_ value: Bool) { self.sink.hash.combine(value ? 1 : 0) }
    mutating func encode(_ value: String) { self.sink.hash.combine(value) }
    mutating func encode(_ value: Double) { self.sink.hash.combine(value.bitPattern) }
    mutating func encode(_ value: Float) { self.sink.hash.combine(value.bitPattern) }
    mutating func encode(_ value: Int) { self.sink.hash.combine(value) }
    mutating func encode(_ value: Int8) { self.sink.hash.combine(value) }
    mutating func encode(_ value: Int16) { self.sink.hash.combine(value) }
    mutating func encode(_ value: Int32) { self.sink.hash.combine(value) }
    mutating func encode(_ value: Int64) { self.sink.hash.combine(value) }
    mutating func encode(_ value: UInt) { self.sink.hash.combine(value) }
    mutating func encode(_ value: UInt8) { self.sink.hash.combine(value) }
    mutating func encode(_ value: UInt16) { self.sink.hash.combine(value) }
    mutating func encode(_ value: UInt32) { self.sink.hash.combine(value) }
    mutating func encode(_ value: UInt64) { self.sink.hash.combine(value) }
    mutating func encode<T: Encodable>(_ value: T) throws { try self.sink.add(value) }
    mutating func nestedContainer<Other: CodingKey>(keyedBy keyType: Other.Type) -> KeyedEncodingContainer<Other> {
        KeyedEncodingContainer(Keyed<Other>(sink: self.sink))
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { self }
    mutating func superEncoder() -> any Encoder { HashEncoder(sink: self.sink) }
}
