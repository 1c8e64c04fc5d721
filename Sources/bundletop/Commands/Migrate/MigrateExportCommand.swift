internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import LegacyMigration
internal import LegacyStore
internal import Persistence
internal import ProcessControl

/// `bundletop migrate export`: everything that the database holds, in AppHub's format again.
struct MigrateExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write every bundle and its archive into a directory of AppHub's format.",
    discussion: """
      For the way back: pods in mode filesystem, or AppHub's own, read what is written here. The directory is made when
      it is not there, and may hold something: what is older than the database is written over, what is newer stays and
      is named, an archive with other bytes is kept under another name. Nothing is deleted. A second run writes only
      what differs. Pods may go on working meanwhile.

      Exit codes: 0 the directory holds everything; 2 done, with findings; 1 failed.
      """)

  @OptionGroup var options: MigrateOptions

  func validate() throws {
    guard options.legacyDir.count <= 1 else { throw ValidationError("export takes one --legacy-dir") }
  }

  func run() async throws {
    let session = try Session(options.database)
    let (source, report) = try await session.run {
      let source = try await target(session.environment)
      let artifacts = try session.artifacts()
      let overlap = await DetachedThread.value { source.directory.overlap(with: artifacts) }
      if let overlap { throw CommandFailure(.usage, overlap) }
      let store = session.store
      let report = try await options.showingProgress { observer in
        try await DirectoryExport(store: store, artifacts: artifacts, directory: source.directory).run { report in
          observer(MigrationProgress("writing", done: report.bundles))
        }
      }
      if report.isComplete, let moment = report.completeAt {
        try await store.markExported(
          source: source.id, path: source.directory.path, host: ThisProcess.hostName(), at: moment)
      }
      try await store.audit(
        "export", slug: nil, by: session.who, result: ExportText.summary(report),
        detail: ["directory": source.directory.path, "source": source.id])
      return (source, report)
    }
    if options.json { try WireExport.write(report, source) } else { writeLine(ExportText.text(report, source)) }
    guard report.isComplete, report.unknown.isEmpty else { throw CommandFailure(.partly, nil) }
  }

  /// The directory that was named, made and with an id of its own.
  private func target(_ environment: [String: String]) async throws -> MigrationSource {
    if let path = options.legacyDir.first {
      try await DetachedThread.value { () throws(LegacyError) in try LegacyDirectory(path: path).create() }
    }
    guard let source = try await options.sources(environment).first else {
      throw CommandFailure(.usage, "which directory? Say --legacy-dir DIR")
    }
    return try await DetachedThread.value { () throws(MigrationError) in
      let source = try source.established()
      // A name that was given becomes the directory's own: pods that take it over go by its marker.
      do throws(LegacyError) { try source.directory.establishSourceID(source.id) } catch {
        throw MigrationError(error)
      }
      return source
    }
  }
}
