import Foundation

/// The commit that a program was built from, as its build noted it in a file beside the program.
struct SourceCommit: Equatable {
    /// `leeward` has `leeward.commit` beside it.
    static let ending = ".commit"
    private static let length = 7...64

    /// The commit in full, with words where the sources differed from it; nil where nobody knows.
    var name: String?
    /// As it is said: the commit, or that it is unknown and why.
    var text: String

    /// Of this program, read once.
    static let current: SourceCommit = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return own.map { SourceCommit(of: $0) } ?? SourceCommit(unknown: "the program does not know where it lies")
    }()

    /// Reads the note beside the program at `path`; one that is older than the program says nothing of it.
    init(of path: String) {
        let note = path + Self.ending
        guard let noted = Self.modified(note), let text = try? String(contentsOfFile: note, encoding: .utf8) else {
            self.init(unknown: "there is no \(note); make build writes it")
            return
        }
        guard let built = Self.modified(path), built <= noted else {
            self.init(unknown: "\(note) is older than the program; make build writes it anew")
            return
        }
        let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let hash = name.prefix { $0.isHexDigit && $0.isASCII }
        guard Self.length.contains(hash.count), ["", " with changes"].contains(name.dropFirst(hash.count)) else {
            self.init(unknown: "\(note) names no commit; make build writes it anew")
            return
        }
        self.init(name: name, text: "commit \(name)")
    }

    private init(unknown reason: String) { self.init(name: nil, text: "unknown commit: \(reason)") }

    private init(name: String?, text: String) {
        self.name = name
        self.text = text
    }

    private static func modified(_ path: String) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
}
