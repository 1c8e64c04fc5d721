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
