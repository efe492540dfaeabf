public import LeewardModel

/// Reads the fleet file: YAML to a validated `Fleet`, or every problem at once.
///
/// Nothing is half-accepted: a missing or invalid limit rejects the file (S22), and no input ends the process (S33).
public enum FleetFile {
    /// Reads the text of a fleet file; `name` is what messages call it.
    ///
    /// Fails with every problem that was found, in the order of their lines.
    public static func read(_ text: [UInt8], name: String) throws(FleetFileError) -> Fleet {
        let checked: String
        switch Bounds.check(text, file: name) {
        case .success(let text): checked = text
        case .failure(let error): throw error
        }
        let root: Cursor
        switch Document.compose(checked, file: name) {
        case .success(let cursor): root = cursor
        case .failure(var error):
            // The parser counts one line more where the last one has no line break.
            let end = Bounds.lines(text)
            for index in error.problems.indices { error.problems[index].line = min(error.problems[index].line, end) }
            throw error
        }
        var reader = FleetReader(file: name)
        let fleet = reader.fleet(root)
        guard let fleet, reader.problems.isEmpty else { throw reader.error }
        return fleet
    }

    /// Reads the text of a fleet file; `name` is what messages call it.
    public static func read(_ text: String, name: String) throws(FleetFileError) -> Fleet {
        try self.read(Array(text.utf8), name: name)
    }

    /// Reads a duration as the fleet file writes it: 500ms, 5s, 2m, 1h or 28d; nil for anything else.
    public static func span(_ text: String) -> Span? { Plain.span(text) }

    /// Reads the file at `path`; a file that cannot be opened, is no regular file or is too long is a problem too.
    public static func load(path: String) throws(FleetFileError) -> Fleet {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        switch BoundedFile.read(path, atMost: Bounds.size) {
        case .success(let bytes): return try self.read(bytes, name: name)
        case .failure(let problem):
            throw FleetFileError(problems: [
                .init(file: name, path: "", line: 1, found: problem.found, allowed: problem.allowed)
            ])
        }
    }
}
