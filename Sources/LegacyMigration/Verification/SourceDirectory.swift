package import LegacyStore

/// A directory and the id that it has.
package struct SourceDirectory: Equatable, Sendable {
  package var id: String
  package var directory: LegacyDirectory

  package init(id: String, directory: LegacyDirectory) {
    self.id = id
    self.directory = directory
  }
}
