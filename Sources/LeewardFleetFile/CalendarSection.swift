import LeewardModel

extension FleetReader {
    /// More events than this are an export gone wrong.
    private static let mostEvents = 200
    private static let timeAllowed = "a time in UTC, written 2026-12-24T18:00Z"

    /// `calendar`: a list of events; nil and a problem wherever one of them is wrong.
    mutating func calendar(_ cursor: Cursor, regions: [RegionID]?) -> [CalendarEvent]? {
        let allowed = "a list of 1 to \(Self.mostEvents) events"
        guard let items = self.items(cursor, most: Self.mostEvents, allowed: allowed) else { return nil }
        let events = items.map { self.event($0, regions: regions) }
        let valid = events.compactMap(\.self)
        return valid.count == items.count ? valid : nil
    }

    private mutating func event(_ cursor: Cursor, regions known: [RegionID]?) -> CalendarEvent? {
        guard let fields = self.fields(cursor, ["name", "from", "to", "expect"], optional: ["regions"]) else {
            return nil
        }
        let nameAllowed = "1 to 80 characters"
        let name = self.field("name", of: fields, in: cursor, allowed: nameAllowed).flatMap {
            self.text($0, most: 80, allowed: nameAllowed) { !$0.isEmpty }
        }
        let from = self.time("from", of: fields, in: cursor)
        let to = self.time("to", of: fields, in: cursor)
        let expectAllowed = Allowed.integer(0...1_000_000, unit: "basis points of the usual")
        let expect = self.field("expect", of: fields, in: cursor, allowed: expectAllowed).flatMap {
            self.integer($0, 0...1_000_000, unit: "basis points of the usual")
        }
        var regions: [RegionID]? = []
        if let list = fields["regions"] { regions = self.eventRegions(list, known: known) }
        guard let name, let from, let to, let expect, let regions else { return nil }
        guard from < to else {
            self.problem("\(cursor.path).to", found: "not after `from`", allowed: "a time after `from`")
            return nil
        }
        return CalendarEvent(name: name, from: from, to: to, regions: regions, expect: expect)
    }

    private mutating func eventRegions(_ cursor: Cursor, known: [RegionID]?) -> [RegionID]? {
        guard let items = self.items(cursor, most: 64, allowed: "a list of region names") else { return nil }
        var regions: [RegionID] = []
        for item in items {
            guard let name = self.name(item) else { continue }
            if let known, !known.contains(RegionID(name)) {
                self.problem(item.path, found: name, allowed: "one of the regions \(known.map(\.text))")
                continue
            }
            regions.append(RegionID(name))
        }
        return regions.count == items.count ? regions : nil
    }

    private mutating func time(_ name: String, of fields: [String: Cursor], in parent: Cursor) -> WallTime? {
        self.field(name, of: fields, in: parent, allowed: Self.timeAllowed).flatMap {
            self.text($0, most: 20, allowed: Self.timeAllowed) { Plain.time($0) != nil }
        }.flatMap { Plain.time($0) }
    }
}

extension Plain {
    /// `2026-12-24T18:00Z` or with seconds; a day that exists, in UTC.
    static func time(_ text: String) -> WallTime? {
        let bytes = Array(text.utf8)
        guard bytes.count == 17 || bytes.count == 20, bytes.last == UInt8(ascii: "Z") else { return nil }
        let marks: [(Int, UInt8)] = [(4, 45), (7, 45), (10, 84), (13, 58)] + (bytes.count == 20 ? [(16, 58)] : [])
        guard marks.allSatisfy({ bytes[$0.0] == $0.1 }) else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            guard bytes[range].allSatisfy({ (48...57).contains($0) }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16),
            let second = bytes.count == 20 ? number(17..<19) : 0,
            (1970...2999).contains(year), (1...12).contains(month), hour < 24, minute < 60, second < 60
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...lengths[month - 1]).contains(day) else { return nil }
        let before = year - 1
        let leaps = before / 4 - before / 100 + before / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400)
        let days = (year - 1970) * 365 + leaps + lengths[..<(month - 1)].reduce(0, +) + day - 1
        return WallTime(milliseconds: Int64(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
    }
}
