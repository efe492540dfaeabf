import NIOCore

/// What the client needs to know of one response.
struct ResponseSummary: Equatable {
    var status: Int
    /// The region that served it: the value of `x-served-by`, or the second word of the body.
    var servedBy: String?
    var closesConnection: Bool
}

/// Finds the end of one HTTP/1.1 response in a growing buffer and takes it out.
///
/// Small responses arrive whole in one read, so an incomplete one is simply looked at again when more has come.
enum ResponseReader {
    enum Result: Equatable {
        case incomplete
        /// The response was taken out of the buffer.
        case whole(ResponseSummary)
        /// No response of this protocol; the connection is of no further use.
        case malformed
    }

    /// Headers or a body longer than this are malformed: lab services answer in a few hundred bytes.
    static let limit = 256 * 1024

    static func take(from buffer: inout ByteBuffer) -> Result {
        let parsed = buffer.withUnsafeReadableBytes { Self.parse($0) }
        switch parsed {
        case .incomplete: return buffer.readableBytes > Self.limit ? .malformed : .incomplete
        case .malformed: return .malformed
        case .whole(let summary, let length):
            buffer.moveReaderIndex(forwardBy: length)
            return .whole(summary)
        }
    }

    private enum Parsed {
        case incomplete, malformed
        case whole(ResponseSummary, length: Int)
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) -> Parsed {
        guard bytes.count >= 12 else { return .incomplete }
        // "HTTP/1.x SSS"
        guard bytes[0] == 0x48, bytes[5] == 0x31, bytes[8] == 0x20 else { return .malformed }
        var status = 0
        for index in 9..<12 {
            guard (0x30...0x39).contains(bytes[index]) else { return .malformed }
            status = status * 10 + Int(bytes[index] - 0x30)
        }
        var summary = ResponseSummary(status: status, servedBy: nil, closesConnection: bytes[7] == 0x30)
        var length: Int?
        var isChunked = false
        guard var line = Self.lineEnd(bytes, from: 12) else { return .incomplete }
        while true {
            guard let end = Self.lineEnd(bytes, from: line) else { return .incomplete }
            let text = line..<(end - 2)
            line = end
            if text.isEmpty { break }
            if let value = Self.value(bytes, text, of: "content-length") {
                guard let number = Int(Self.string(bytes, value)), number >= 0, number < Self.limit else {
                    return .malformed
                }
                length = number
            } else if let value = Self.value(bytes, text, of: "x-served-by") {
                summary.servedBy = Self.string(bytes, value)
            } else if let value = Self.value(bytes, text, of: "connection") {
                if Self.string(bytes, value).lowercased() == "close" { summary.closesConnection = true }
            } else if let value = Self.value(bytes, text, of: "transfer-encoding") {
                isChunked = Self.string(bytes, value).lowercased() == "chunked"
            }
        }
        if status == 204 || status == 304 { return .whole(summary, length: line) }
        if isChunked {
            guard let end = Self.chunksEnd(bytes, from: line) else { return .incomplete }
            return .whole(summary, length: end)
        }
        // Without a length the body ends with the connection; what matters has been read.
        guard let length else {
            summary.closesConnection = true
            return .whole(summary, length: bytes.count)
        }
        guard line + length <= bytes.count else { return .incomplete }
        if summary.servedBy == nil { summary.servedBy = Self.secondWord(bytes, line..<(line + length)) }
        return .whole(summary, length: line + length)
    }

    /// Index after the next CRLF.
    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == 0x0d, bytes[index + 1] == 0x0a { return index + 2 }
            index += 1
        }
        return nil
    }

    /// The trimmed value if the line is this header; `name` is lower case.
    private static func value(
        _ bytes: UnsafeRawBufferPointer,
        _ line: Range<Int>,
        of name: StaticString
    ) -> Range<Int>? {
        let length = name.utf8CodeUnitCount
        guard line.count > length, bytes[line.lowerBound + length] == 0x3a else { return nil }
        for offset in 0..<length where bytes[line.lowerBound + offset] | 0x20 != name.utf8Start[offset] | 0x20 {
            return nil
        }
        var value = (line.lowerBound + length + 1)..<line.upperBound
        while let first = value.first, bytes[first] == 0x20 { value = (first + 1)..<value.upperBound }
        while let last = value.last, bytes[last] == 0x20 { value = value.lowerBound..<last }
        return value
    }

    private static func string(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// Lab services answer with "service region instance".
    private static func secondWord(_ bytes: UnsafeRawBufferPointer, _ body: Range<Int>) -> String? {
        var spaces: [Int] = []
        for index in body.prefix(128) where bytes[index] == 0x20 { spaces.append(index) }
        guard spaces.count >= 2 else { return nil }
        return Self.string(bytes, (spaces[0] + 1)..<spaces[1])
    }

    /// Index after the last chunk and its trailer.
    private static func chunksEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        while let line = Self.lineEnd(bytes, from: index) {
            let digits = bytes[index..<(line - 2)].prefix { $0 != 0x3b }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0, size < Self.limit
            else {
                return nil
            }
            index = line + size + (size > 0 ? 2 : 0)
            if size == 0 {
                while let trailer = Self.lineEnd(bytes, from: index) {
                    if trailer == index + 2 { return trailer }
                    index = trailer
                }
                return nil
            }
            guard index <= bytes.count else { return nil }
        }
        return nil
    }
}
