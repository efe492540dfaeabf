/// A sentence that is put into words when somebody reads it.
///
/// Reasons are made at every look, several times a second, and nearly all of them are read by nobody: kept is what they are
/// made of. Two are equal where their words are.
public struct Sentence: Sendable {
    private enum Form: Sendable {
        case written(String)
        case unwritten(@Sendable () -> String)
    }

    private let form: Form

    public init(_ text: String) { self.form = .written(text) }

    /// - Parameter write: Gives the same words each time; what it holds is kept as long as the sentence.
    public init(write: @escaping @Sendable () -> String) { self.form = .unwritten(write) }

    public var text: String {
        switch self.form {
        case .written(let text): text
        case .unwritten(let write): write()
        }
    }

    /// The same in words, for what is kept for longer than a look.
    public var written: Sentence { Sentence(self.text) }
}

/// Compared, hashed and encoded as its words.
extension Sentence: RawRepresentable, Hashable, Codable {
    public var rawValue: String { self.text }
    public init(rawValue: String) { self.init(rawValue) }
}
