internal import ArgumentParser
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import LegacyMigration
internal import ProcessControl

/// `bundletop migrate verify`: whether everything has arrived.
struct MigrateVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Hold each file against its row, and each artifact against its object.",
    discussion: """
      Rows are read in one snapshot, which is closed before anything large is read; what differs is looked at again, for
      pods go on working meanwhile. What was proved is on record: cutover asks for it, and clean removes nothing else.

      Without --deep an archive that was read before, and has the size and time that it had then, is not read again,
      and of an object the checksum that the store tells is believed. With --deep every byte is read.
      Exit codes: 0 nothing differs and nothing is in quarantine; 2 something is; 69 or 77 when the database or the
      object store does not answer, or refuses.
      """)

  @OptionGroup var options: MigrateOptions
  @Flag(help: "Read every byte.") var deep = false

  func run() async throws {
    let session = try Session(options.database)
    let report = try await session.run {
      let sources = try await options.sources(session.environment)
      let (store, who, deep) = (session.store, session.who, deep)
      let artifacts = try session.artifacts()
      do throws(StorageError) {
        try await artifacts.check()
      } catch {
        // A key that may only read objects may not look at their bucket.
        guard error.kind == .denied else { throw error }
      }
      return try await options.showingProgress { observer in
        try await store.migrating(by: who, place: MigrateOptions.place) {
          let known = try await DetachedThread.value { () throws(MigrationError) in
            try sources.map { source throws(MigrationError) in try source.established() }
          }
          return try await MigrationVerifier(
            store: store, artifacts: artifacts, deep: deep, host: ThisProcess.hostName()
          ).verify(known, observer: observer)
        }
      }
    }
    if options.json { try WireVerification.write(report) } else { writeLine(VerificationText.text(report)) }
    guard report.isClean else { throw CommandFailure(.partly, nil) }
  }
}
