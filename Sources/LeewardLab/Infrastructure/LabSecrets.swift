import Crypto
import Foundation

/// The secrets of one run: the TSIG key of the zone, and the key that signs the users' tokens.
enum LabSecrets {
    static let keyName = "leeward"

    /// Writes the files with mode 0600; returns the base64 TSIG secret for the server's configuration.
    static func write(_ layout: LabLayout) throws -> String {
        let tsig = self.randomBytes(32).base64EncodedString()
        let signing = self.randomBytes(32)
        try self.write(tsig + "\n", to: layout.keyFile)
        let jwks =
            #"{"keys":[{"kty":"oct","kid":"lab","alg":"HS256","use":"sig","k":"\#(self.url(signing))"}]}"# + "\n"
        try self.write(jwks, to: layout.jwksFile)
        try self.write(
            self.token(signedWith: signing, expires: Date(timeIntervalSinceNow: 7 * 86_400)),
            to: layout.tokenFile
        )
        return tsig
    }

    /// A JSON web token (HS256) for the lab's users.
    static func token(signedWith key: Data, expires: Date) -> String {
        let head = #"{"alg":"HS256","typ":"JWT","kid":"lab"}"#
        let claims = #"{"iss":"leeward-lab","sub":"users","exp":\#(Int(expires.timeIntervalSince1970))}"#
        let content = self.url(Data(head.utf8)) + "." + self.url(Data(claims.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data(content.utf8), using: SymmetricKey(data: key))
        return content + "." + self.url(Data(code))
    }

    private static func randomBytes(_ count: Int) -> Data {
        var random = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }

    private static func url(_ data: Data) -> String {
        data.base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    private static func write(_ text: String, to path: String) throws {
        let made = FileManager.default.createFile(
            atPath: path,
            contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard made else { throw LabError("cannot write \(path)") }
    }
}
