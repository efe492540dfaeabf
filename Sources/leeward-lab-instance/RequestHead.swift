import Glibc

/// The start of one HTTP/1.1 request, as far as this server cares.
struct RequestHead {
    /// Bytes of the head and of the body that follows it.
    var length: Int
    var isLoadQuestion: Bool
    var isHead: Bool
    var wantsClose: Bool

    enum Parsed {
        case incomplete
        case bad(status: Int)
        case head(RequestHead)
    }

    static let longestHead = 16 * 1024
    static let longestBody = 1024 * 1024

    /// Reads line by line with memchr, so that it is quick in a debug build too.
    static func parse(_ bytes: ArraySlice<UInt8>) -> Parsed {
        bytes.withUnsafeBytes { buffer -> Parsed in
            guard let base = buffer.baseAddress else { return .incomplete }
            var head = RequestHead(length: 0, isLoadQuestion: false, isHead: false, wantsClose: false)
            var offset = 0
            var bodyLength = 0
            var isFirst = true
            while offset < buffer.count {
                guard let end = memchr(base + offset, 10, buffer.count - offset) else { break }
                let next = UnsafeRawPointer(end) - base + 1
                var length = next - offset - 1
                if length > 0, buffer[offset + length - 1] == 13 { length -= 1 }
                let line = UnsafeRawBufferPointer(rebasing: buffer[offset..<(offset + length)])
                offset = next
                if length == 0 {
                    if isFirst { continue }
                    head.length = offset + bodyLength
                    return head.length <= buffer.count ? .head(head) : .incomplete
                }
                if isFirst {
                    isFirst = false
                    guard head.readFirst(line) else { return .bad(status: 400) }
                } else if let value = self.value(of: "content-length:", in: line) {
                    guard let number = Int(value), (0...self.longestBody).contains(number) else {
                        return .bad(status: 413)
                    }
                    bodyLength = number
                } else if self.value(of: "transfer-encoding:", in: line) != nil {
                    return .bad(status: 501)
                } else if let value = self.value(of: "connection:", in: line) {
                    head.wantsClose = value == "close"
                }
            }
            return offset > self.longestHead || buffer.count - offset > self.longestHead
                ? .bad(status: 431) : .incomplete
        }
    }

    /// "GET /path HTTP/1.1"; false for anything else.
    private mutating func readFirst(_ line: UnsafeRawBufferPointer) -> Bool {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].starts(with: "HTTP/1.".utf8), parts[1].first == 0x2f else { return false }
        self.isLoadQuestion = parts[1].elementsEqual("/__load".utf8)
        self.isHead = parts[0].elementsEqual("HEAD".utf8)
        self.wantsClose = parts[2].last == 0x30
        return true
    }

    /// The header's value in lower case without blanks; nil when the line is another header.
    private static func value(of name: StaticString, in line: UnsafeRawBufferPointer) -> String? {
        guard line.count >= name.utf8CodeUnitCount, let base = line.baseAddress else { return nil }
        let count = name.utf8CodeUnitCount
        let text = base.assumingMemoryBound(to: CChar.self)
        let wanted = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        guard strncasecmp(text, wanted, count) == 0 else { return nil }
        let value = line[count...].filter { $0 > 0x20 }.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
        return String(decoding: value, as: UTF8.self)
    }
}
