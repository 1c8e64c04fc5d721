package import BundleModel

/// What to package, and within which bounds.
package struct PackagingRequest: Sendable {
  package var source: BundleSource
  package var options: JobOptions
  /// Whether the `build` command of a bundle may run.
  package var allowBuildCommands: Bool
  /// Whether the install scripts of its dependencies may run.
  package var allowInstallScripts: Bool
  /// The repository that the bundle is part of: its packages and installed dependencies can be imported.
  package var workspaceRoot: String?
  /// Where the workspace is made; must exist.
  package var temporaryDirectory: String
  package var limits: PackagingLimits

  package init(
    source: BundleSource, options: JobOptions = JobOptions(), allowBuildCommands: Bool = false,
    allowInstallScripts: Bool = false, workspaceRoot: String? = nil,
    temporaryDirectory: String = "/tmp", limits: PackagingLimits = PackagingLimits()
  ) {
    self.source = source
    self.options = options
    self.allowBuildCommands = allowBuildCommands
    self.allowInstallScripts = allowInstallScripts
    self.workspaceRoot = workspaceRoot
    self.temporaryDirectory = temporaryDirectory
    self.limits = limits
  }
}

/// How long and how much a packaging may take.
package struct PackagingLimits: Equatable, Sendable {
  /// For installing dependencies.
  package var install: Duration
  /// For the build command and, separately, for the bundler.
  package var build: Duration
  /// For everything but the upload.
  package var total: Duration
  /// Between asking a command to stop and killing it.
  package var grace: Duration
  /// Bytes that one command may print.
  package var output: Int
  /// Bytes of the finished archive.
  package var archive: Int64
  /// Bytes of all the files that go into it.
  package var content: Int64
  /// How many files go into it.
  package var entries: Int
  /// Of one command.
  package var usage: UsageLimits

  package init(
    install: Duration = .seconds(300), build: Duration = .seconds(300), total: Duration = .seconds(900),
    grace: Duration = .milliseconds(500), output: Int = 32 << 20, archive: Int64 = 4 << 30,
    content: Int64 = 8 << 30, entries: Int = 100_000, usage: UsageLimits = UsageLimits()
  ) {
    self.install = install
    self.build = build
    self.total = total
    self.grace = grace
    self.output = output
    self.archive = archive
    self.content = content
    self.entries = entries
    self.usage = usage
  }
}

/// What happens while a bundle is packaged.
package enum PackagingEvent: Equatable, Sendable {
  /// Another stage began.
  case stage(Stage, message: String?)
  /// Something moved on within the stage; `fraction` is 0...1. At most about ten a second.
  case progress(message: String?, fraction: Double?)
}

/// What is known of a bundle once its inputs were read.
package struct ResolvedBundle: Equatable, Sendable {
  package var fingerprint: Fingerprint
  package var version: String
  /// `<slug>-<version>.tgz`.
  package var filename: String
  /// False when the bundle installs dependencies without a lock file: never answered from the cache.
  package var isPinned: Bool
  package var manifest: Manifest

  package init(
    fingerprint: Fingerprint, version: String, filename: String, isPinned: Bool, manifest: Manifest
  ) {
    self.fingerprint = fingerprint
    self.version = version
    self.filename = filename
    self.isPinned = isPinned
    self.manifest = manifest
  }
}

/// A finished archive; its file lives only as long as the call that hands it out.
package struct PackagedArchive: Equatable, Sendable {
  package var path: String
  package var filename: String
  package var version: String
  /// Of the file's bytes.
  package var checksum: Checksum
  /// Bytes.
  package var size: Int64
  package var contentType: String
  /// The end of what the commands printed, without control characters.
  package var tail: String

  package init(
    path: String, filename: String, version: String, checksum: Checksum, size: Int64,
    contentType: String = "application/gzip", tail: String = ""
  ) {
    self.path = path
    self.filename = filename
    self.version = version
    self.checksum = checksum
    self.size = size
    self.contentType = contentType
    self.tail = tail
  }
}
