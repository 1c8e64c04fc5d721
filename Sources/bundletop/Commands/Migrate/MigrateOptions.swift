internal import ArgumentParser
internal import BundleModel
internal import Glibc
internal import LegacyMigration
internal import LegacyStore
internal import ProcessControl

/// What all steps of the migration take.
struct MigrateOptions: ParsableArguments {
  @Option(
    name: .customLong("legacy-dir"),
    help: ArgumentHelp(
      "A directory of AppHub's: with status/ or status.json in it. Once for each. (default: "
        + "APPHUB_BUNDLE_LEGACY_DIR, else AppHub's own places below APPHUB_REPO_ROOT)", valueName: "dir"))
  var legacyDir: [String] = []
  @Option(
    help: ArgumentHelp(
      "The name of a directory, for each in the same order; for copies that cannot be written to. (default: what "
        + "their marker files say)", valueName: "name"))
  var source: [String] = []
  @OptionGroup var database: DatabaseOptions
  @Flag(name: .shortAndLong, help: "No progress, on a terminal either.") var quiet = false
  @Flag(help: "Print a JSON object.") var json = false

  /// The directories that were named, or the one that the environment names. Writes nothing.
  func sources(_ environment: [String: String]) async throws -> [MigrationSource] {
    let paths = legacyDir.isEmpty ? LegacyDirectory.find(environment: environment).map { [$0.path] } : legacyDir
    guard let paths else {
      throw CommandFailure(.usage, "which directory? Say --legacy-dir DIR, or set APPHUB_BUNDLE_LEGACY_DIR")
    }
    let names = source
    return try await DetachedThread.value { () throws(MigrationError) in
      try MigrationSource.open(paths, names: names)
    }
  }

  /// Where this process is, for whoever finds it at work.
  static var place: String { "\(ThisProcess.hostName()), process \(getpid())" }

  /// Shows how far the work is while a person watches, and lets signals end it.
  func showingProgress<Value: Sendable>(
    _ work: @escaping @Sendable (@escaping MigrationObserver) async throws -> Value
  ) async throws -> Value {
    let bar = MigrateBar(quiet: quiet)
    return try await Interruptible.run {
      try await MigrateBar.show(bar) { try await work { progress in bar?.note(progress) } }
    }
  }
}
