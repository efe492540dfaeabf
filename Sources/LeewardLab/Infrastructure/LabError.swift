/// Why the lab cannot do what was asked; names the place and the remedy.
package struct LabError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}
