internal import ArgumentParser
internal import ArtifactStorage
internal import BundleModel
internal import LegacyStore

/// Where a pod keeps bundles.
struct PersistenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The directory of AppHub's files, which the modes filesystem and dual write to. Default: \
      APPHUB_BUNDLE_LEGACY_DIR, else what is there of services/catalog/data/example-bundles and \
      services/core/data/example-bundles under APPHUB_REPO_ROOT.
      """, valueName: "dir"))
  var legacyDir: String?

  /// What was chosen.
  struct Choice: Sendable {
    var mode: PersistenceMode
    /// Nil where there is none, in mode database alone.
    var directory: LegacyDirectory?
  }

  /// Reads `APPHUB_BUNDLE_PERSISTENCE` and finds the directory. Throws what a person has to change.
  func choice(environment: [String: String]) throws -> Choice {
    let word = environment["APPHUB_BUNDLE_PERSISTENCE"]?.nonBlank ?? PersistenceMode.database.rawValue
    guard let mode = PersistenceMode(rawValue: word) else {
      throw ValidationError(
        "APPHUB_BUNDLE_PERSISTENCE is '\(UntrustedText.line(word, limit: 40))'; it takes filesystem, dual or database"
      )
    }
    let named = legacyDir?.nonBlank.map { LegacyDirectory(path: $0) }
    let directory = named ?? LegacyDirectory.find(environment: environment)
    guard directory != nil || mode == .database else {
      throw ValidationError(
        "APPHUB_BUNDLE_PERSISTENCE=\(mode.rawValue) needs a directory: give --legacy-dir DIR, or set "
          + "APPHUB_BUNDLE_LEGACY_DIR")
    }
    return Choice(mode: mode, directory: directory)
  }
}

extension PersistenceOptions.Choice {
  /// The settings of the object store: in mode filesystem archives lie in the directory, whatever else is set.
  func storage(environment: [String: String]) throws(StorageError) -> StorageSettings {
    guard mode == .filesystem, let directory else { return try StorageSettings(environment: environment) }
    return try StorageSettings(environment: environment, appHubRoot: "\(directory.path)/artifacts")
  }
}
