import Foundation
import LeewardEngine

/// What an entry holds that this version does not understand, in one sentence with the remedy.
///
/// State is the fold of all records: to leave out a record, or a part of one, would be to act on another history than
/// the one that was lived.
struct JournalForeign: Error, CustomStringConvertible {
    let what: String
    var description: String { "\(self.what); run the leeward that wrote it, or a later one" }

    /// The entry, when all of its content is known to this version.
    static func entry(from payload: String) throws(JournalForeign) -> JournalEntry {
        let entry: JournalEntry
        let again: String
        do {
            entry = try JournalChain.entry(from: payload)
            again = try JournalChain.payload(of: entry)
        } catch {
            throw JournalForeign(what: Self.sentence(error, in: payload))
        }
        // A decoder passes over names that it does not know. What comes back with the same bytes had none of them.
        guard again != payload, let unknown = Self.unknown(in: payload, beside: again) else { return entry }
        throw JournalForeign(what: "its field \(unknown) is not known to this version")
    }

    private static func sentence(_ error: any Error, in payload: String) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "its field \(Self.path(context.codingPath + [key])) is missing"
        case DecodingError.valueNotFound(_, let context):
            return "its field \(Self.path(context.codingPath)) is empty"
        case DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context):
            guard !context.codingPath.isEmpty else { return "its content is no entry: \(context.debugDescription)" }
            let place = Self.path(context.codingPath)
            if let kind = Self.kind(at: context.codingPath, in: payload) {
                return "its \(place) is of the kind \(kind), which this version does not know"
            }
            return "its field \(place) is not understood by this version: \(context.debugDescription)"
        default: return "its content is not understood by this version: \(error)"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }

    /// The name of the only thing that the object at this place holds: that is how a kind is stored; nil for all else.
    private static func kind(at path: [any CodingKey], in payload: String) -> String? {
        var place = Self.tree(payload)
        for key in path {
            if let index = key.intValue, let list = place as? [Any] {
                place = list.indices.contains(index) ? list[index] : nil
            } else {
                place = (place as? [String: Any])?[key.stringValue]
            }
        }
        guard let kinds = (place as? [String: Any])?.keys, kinds.count == 1 else { return nil }
        return kinds.first
    }

    private static func tree(_ text: String) -> Any? { try? JSONSerialization.jsonObject(with: Data(text.utf8)) }

    /// The first name, in order, that the stored text has and its reading does not; an explicit null is no content.
    private static func unknown(in payload: String, beside again: String) -> String? {
        guard let stored = Self.tree(payload), let read = Self.tree(again) else { return nil }
        return Self.unknown(stored, read, [])
    }

    private static func unknown(_ stored: Any, _ read: Any?, _ path: [String]) -> String? {
        if let stored = stored as? [String: Any] {
            let read = read as? [String: Any]
            for (name, value) in stored.sorted(by: { $0.key < $1.key }) where !(value is NSNull) {
                guard let found = read?[name] else { return (path + [name]).joined(separator: ".") }
                if let unknown = Self.unknown(value, found, path + [name]) { return unknown }
            }
        } else if let stored = stored as? [Any] {
            let read = read as? [Any] ?? []
            for (index, value) in stored.enumerated() {
                let place = path + ["\(index)"]
                guard index < read.count else { return place.joined(separator: ".") }
                if let unknown = Self.unknown(value, read[index], place) { return unknown }
            }
        }
        return nil
    }
}
