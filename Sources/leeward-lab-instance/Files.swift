import Glibc

/// The little that an instance does with files.
enum Files {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The first 64 bytes without surrounding blanks; nil when the file does not exist or cannot be read.
    static func readWord(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        guard count >= 0 else { return nil }
        return String(decoding: bytes[..<count].filter { $0 > 0x20 }, as: UTF8.self)
    }

    /// Readers see the old content or the new one, never a part.
    static func replace(_ path: String, with text: String) {
        let temporary = path + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            complain("cannot write \(temporary): \(String(cString: strerror(errno)))")
            return
        }
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        close(file)
        guard written == bytes.count, rename(temporary, path) == 0 else {
            complain("cannot write \(path): \(String(cString: strerror(errno)))")
            return
        }
    }
}

/// One line on stderr.
func complain(_ text: String) {
    let line = Array("leeward-lab-instance: \(text)\n".utf8)
    _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}

/// How this instance is broken at the moment.
enum Fault: String {
    case none
    /// Connections are refused.
    case backendsDown = "backends-down"
    /// Three of five requests answer 500.
    case brownout
    /// Accepts and never answers.
    case hang

    /// A file that is being written has no whole word in it yet: what was in force stays.
    static func read(_ path: String, current: Fault) -> Fault {
        guard let word = Files.readWord(path) else { return .none }
        return Fault(rawValue: word) ?? current
    }
}
