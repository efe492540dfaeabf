/// Rows under a heading, for people.
struct Table: Hashable, Sendable {
    var heading: [String]
    var rows: [[String]]
    init(_ heading: [String], _ rows: [[String]]) {
        self.heading = heading
        self.rows = rows
    }

    /// Columns padded to their widest cell, two spaces apart; the last one is never padded.
    var lines: [String] {
        let all = (self.heading.isEmpty ? [] : [self.heading]) + self.rows
        let columns = all.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            all.map { row in column < row.count ? row[column].count : 0 }.max() ?? 0
        }
        return all.map { row in
            row.enumerated().map { index, cell in
                index == row.count - 1
                    ? cell : cell + String(repeating: " ", count: max(0, widths[index] - cell.count))
            }.joined(separator: "  ")
        }
    }
}

/// A part of a result that people see: a title, then lines or a table.
enum Section: Hashable, Sendable {
    case line(String)
    case table(title: String?, Table)

    var lines: [String] {
        switch self {
        case .line(let text): [text]
        case .table(let title, let table): (title.map { ["", $0] } ?? []) + table.lines
        }
    }
}
