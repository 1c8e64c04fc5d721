internal import ArgumentParser
internal import ArtifactStorage
internal import BundleModel
internal import ProcessControl
internal import S3

/// `bundletop doctor storage`: what an object store enforces, and what is left over in it.
struct DoctorStorageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "storage",
    abstract: "Tell what the object store enforces, or sweep what killed uploads left in it.",
    discussion: """
      Puts, overwrites and tampers with tiny objects under a random prefix below .bundletop-doctor/, and removes them.

      --sweep does none of that. It aborts unfinished uploads that nobody will finish: those whose object is there
      already and newer than they are, whatever their age, and those begun longer ago than --older-than. An upload of
      a live pod is neither. Only what lies below the configured prefix is looked at.

      Exit code: 0 all that bundles need is there; 2 with findings, or not all could be swept; 69 the store does not
      answer; 77 it refuses.
      """)

  @OptionGroup var options: S3Options
  @Option(help: "The bucket. Default: APPHUB_BUNDLE_STORAGE_BUCKET.") var bucket: String?
  @Option(help: "Stay below this prefix. Default: APPHUB_BUNDLE_STORAGE_PREFIX, for its bucket.") var prefix:
    String?
  @Flag(help: "Abort uploads that nobody will finish.") var sweep = false
  @Option(
    help: ArgumentHelp("With --sweep, uploads begun longer ago are nobody's: 90s, 15m, 24h, 2d.", valueName: "age"))
  var olderThan = "15m"
  @Flag(help: "With --sweep, only print what would be aborted.") var dryRun = false
  @Flag(help: "Print a JSON object.") var json = false

  func validate() throws {
    guard sweep || !dryRun else { throw ValidationError("--dry-run belongs to --sweep") }
    guard Age.seconds(olderThan) != nil else {
      throw ValidationError("--older-than takes an age like 90s, 15m or 24h")
    }
  }

  func run() async throws {
    let settings = S3Environment(variables: ThisProcess.environment())
    guard let bucket = (bucket ?? settings.artifactBucket)?.nonBlank else {
      throw CommandFailure(.usage, "\(S3Environment.name("BUCKET")) is not set: name a bucket with --bucket")
    }
    let access = try options.access(settings.variables)
    let isArtifacts = settings.isArtifactBucket(bucket, at: access.endpoint)
    let own = isArtifacts ? settings[S3Environment.name("PREFIX")] : nil
    let place = ArtifactKey.normalised(prefix: prefix ?? own ?? "")
    var publicEndpoint: S3Endpoint?
    if isArtifacts, let text = settings[S3Environment.name("PUBLIC_ENDPOINT")] {
      guard let found = S3Endpoint(text, pathStyle: access.endpoint.pathStyle) else {
        throw CommandFailure(
          .usage,
          "\(S3Environment.name("PUBLIC_ENDPOINT")) is not an address like https://host or http://host:port")
      }
      publicEndpoint = found
    }
    let probe = CapabilityProbe(access.configuration, bucket: bucket, prefix: place, publicEndpoint: publicEndpoint)
    let age = Age.seconds(olderThan) ?? 0
    do {
      if sweep {
        try await Interruptible.run {
          let offset = try await probe.clockOffset()
          try await StorageSweep(
            client: access.client(), bucket: bucket, prefix: place, olderThan: .seconds(age), clockOffset: offset
          ).run(dryRun: dryRun, json: json)
        }
      } else {
        try await Interruptible.run { try await examine(probe, access.client(), place, .seconds(age)) }
      }
    } catch let error as S3Error where error.kind == .notFound {
      // Without a bucket there is no store, which is what scripts want to know.
      throw CommandFailure(.unavailable, "there is no bucket \(UntrustedText.line(bucket)) at \(access.endpoint)")
    }
  }

  private func examine(
    _ probe: CapabilityProbe, _ client: S3Client, _ prefix: String, _ olderThan: Duration
  ) async throws {
    var report = try await probe.run()
    let offset = try await probe.clockOffset()
    let sweep = StorageSweep(
      client: client, bucket: report.bucket, prefix: prefix, olderThan: olderThan, clockOffset: offset)
    report.capabilities.append(try await sweep.capability())
    writeLine(json ? try DoctorReport.json(report) : DoctorReport.text(report))
    guard report.findings.isEmpty, report.leftovers.isEmpty else { throw CommandFailure(.partly, nil) }
  }
}
