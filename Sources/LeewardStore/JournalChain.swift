import Crypto
import Foundation
import LeewardEngine

/// How an entry becomes bytes, and how each entry's hash covers everything before it.
enum JournalChain {
    /// What the first entry's hash is chained to.
    static let origin = Data(repeating: 0, count: 32)

    /// The entry as JSON with sorted keys: the same entry gives the same bytes on every machine.
    static func payload(of entry: JournalEntry) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        return String(decoding: try encoder.encode(entry), as: UTF8.self)
    }

    static func entry(from payload: String) throws -> JournalEntry {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        return try decoder.decode(JournalEntry.self, from: Data(payload.utf8))
    }

    /// SHA-256 over the previous hash and the payload's bytes.
    static func hash(_ payload: String, after previous: Data) -> Data {
        var hash = SHA256()
        hash.update(data: previous)
        hash.update(data: Data(payload.utf8))
        return Data(hash.finalize())
    }
}

extension Data {
    var hexadecimal: String {
        self.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
