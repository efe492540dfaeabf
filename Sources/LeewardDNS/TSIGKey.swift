import Crypto
import Foundation
public import LeewardProviders

/// A shared secret for signing messages with hmac-sha256; its text never shows the secret.
public struct TSIGKey: Sendable, CustomStringConvertible {
    package let name: DNSName
    let secret: SymmetricKey

    /// The key of that name from base64 text; throws a `ProviderError` that never repeats the secret.
    ///
    /// Secrets below 16 bytes are refused: they can be guessed from a single captured message.
    public init(name: String, base64: String) throws(ProviderError) {
        let subject = "TSIG key \(name)"
        guard let wireName = DNSName(name) else {
            throw ProviderError(subject: subject, reason: "the key name is no DNS name", retry: .never)
        }
        guard let bytes = Data(base64Encoded: base64) else {
            throw ProviderError(subject: subject, reason: "the secret is not base64", retry: .never)
        }
        guard bytes.count >= 16 else {
            throw ProviderError(
                subject: subject,
                reason:
                    "the secret has \(bytes.count) bytes; make one of 32 bytes, e.g. with `tsig-keygen -a hmac-sha256`",
                retry: .never
            )
        }
        self.name = wireName
        self.secret = SymmetricKey(data: bytes)
    }

    /// Reads the key from a file that holds one line of base64; the error names the file and what to do.
    public static func read(name: String, file: String) throws(ProviderError) -> TSIGKey {
        let subject = "TSIG key \(name) in \(file)"
        let text: String
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            defer { try? handle.close() }
            // A secret takes under 200 bytes; a larger file is something else.
            text = String(decoding: try handle.read(upToCount: 4096) ?? Data(), as: UTF8.self)
        } catch {
            throw ProviderError(
                subject: subject,
                reason:
                    "cannot be read (\(Self.reason(error))); write one line of base64 there, readable by leeward only",
                retry: .never
            )
        }
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        guard let line = lines.first, lines.count == 1 else {
            throw ProviderError(
                subject: subject,
                reason: "has \(lines.count) lines of text; it must hold the base64 secret on one line and nothing else",
                retry: .never
            )
        }
        do {
            return try TSIGKey(name: name, base64: line.trimmingCharacters(in: .whitespaces))
        } catch {
            throw ProviderError(subject: subject, reason: error.reason, retry: .never)
        }
    }

    /// The key's name only.
    public var description: String { "\(self.name) (hmac-sha256)" }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(underlying.code)))
        }
        return error.localizedDescription
    }
}
