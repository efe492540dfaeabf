import LeewardModel

/// The marker record's text: `v1 generation=N epoch=N key=...`.
package enum ZoneMarker {
    /// Name of the marker of a zone; nil when the zone's name leaves no room for it.
    package static func name(in zone: DNSName) -> DNSName? {
        DNSName(labels: [Array("_leeward".utf8)] + zone.labels)
    }

    /// The text of a mark; nil when its key cannot stand in a record: 1...180 printable characters, no space, quote,
    /// backslash or semicolon, which some servers' files treat as their own.
    package static func text(_ mark: SnapshotMark) -> String? {
        let key = mark.key.text.utf8
        let plain = key.allSatisfy { (0x21...0x7e).contains($0) && !Array("\"\\;".utf8).contains($0) }
        guard plain, (1...180).contains(key.count), mark.generation.value >= 0, mark.epoch.value >= 0 else {
            return nil
        }
        return "v1 generation=\(mark.generation) epoch=\(mark.epoch) key=\(mark.key)"
    }

    /// Reads exactly what `text` writes; nil for anything else.
    package static func read(_ text: String) -> SnapshotMark? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "v1",
            let generation = Self.number(parts[1], "generation="),
            let epoch = Self.number(parts[2], "epoch="),
            parts[3].hasPrefix("key=")
        else { return nil }
        let mark = SnapshotMark(
            generation: Generation(generation),
            epoch: Epoch(epoch),
            key: EffectKey(String(parts[3].dropFirst(4)))
        )
        return Self.text(mark) == text ? mark : nil
    }

    private static func number(_ part: Substring, _ label: String) -> Int64? {
        part.hasPrefix(label) ? Int64(part.dropFirst(label.count)) : nil
    }
}
