internal import ArgumentParser
internal import BundleModel
internal import Glibc
internal import ProcessControl
internal import S3

/// `bundletop s3 get`: fetches objects, hashed on the way, whole or not at all.
struct S3GetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Fetch an object, or with --recursive all below a prefix.",
    discussion: """
      A file appears under its name only whole, synced and equal to the SHA-256 that the server or the uploader names.
      A connection that breaks is resumed. Keys that would leave DIR, or take each other's place, are refused.
      Exit code: 0 all fetched; 1 none; 2 some, or some were refused.
      """)

  @Argument(help: ArgumentHelp("The object or prefix.", valueName: "s3://bucket/key")) var source: String
  @Argument(help: ArgumentHelp("A file, a folder, or - for standard output.", valueName: "out"))
  var destination: String
  @OptionGroup var options: S3Options
  @Flag(name: .shortAndLong, help: "Everything whose key begins with the prefix, into a folder.")
  var recursive = false
  @Option(help: "How many at once with --recursive, 1 to 32.") var parallel = 8
  @Flag(name: .shortAndLong, help: "No progress, on a terminal either.") var quiet = false
  @Flag(help: "Print a JSON object (--recursive: an array): key, file, size, sha256, verified, seconds; error.")
  var json = false

  func validate() throws {
    guard (1...32).contains(parallel) else { throw ValidationError("--parallel takes 1 to 32") }
    guard !destination.isEmpty else { throw ValidationError("the name of the file is empty") }
    guard !recursive || destination != "-" else { throw ValidationError("--recursive needs a folder") }
  }

  func run() async throws {
    let location = try recursive ? S3Location(source) : S3Location.object(source)
    let client = try options.access().client()
    if recursive {
      try await Interruptible.run { try await fetchAll(location, client) }
    } else if destination == "-" {
      try await Interruptible.run { try await print(location, client) }
    } else {
      let file = try file(for: location)
      let fetched = try await Interruptible.run {
        try await withBar(location, client) { progress in
          try await Download.fetch(location, to: file, client: client, progress: progress)
        }
      }
      if json { return writeLine(try JSONText.document(fetched)) }
      if !quiet { writeLine(fetched.text) }
    }
  }

  /// A folder takes the object under the last part of its key.
  private func file(for location: S3Location) throws -> String {
    var facts = stat()
    let isFolder = stat(destination, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    guard isFolder || destination.utf8.last == 47 else { return destination }
    guard isFolder else { throw CommandFailure(.usage, "there is no folder \(destination)") }
    let name = location.baseName
    guard !["", ".", ".."].contains(name), !name.utf8.contains(0) else {
      throw CommandFailure(.usage, "the key of \(location) ends in no file name: name the file")
    }
    return destination.utf8.last == 47 ? destination + name : "\(destination)/\(name)"
  }

  /// The bytes go out only once they are known to be right: through a private file, however large.
  private func print(_ location: S3Location, _ client: S3Client) async throws {
    let folder = try PrivateFolder()
    defer { folder.remove() }
    let fetched = try await withBar(location, client) { progress in
      try await Download.fetch(location, to: folder.file, client: client, progress: progress)
    }
    try await DetachedThread.value { () throws(CommandFailure) in try folder.copyToOutput() }
    if json { writeLine(try JSONText.document(fetched), to: .errors) }
  }

  private func withBar(
    _ location: S3Location, _ client: S3Client, _ body: ((@Sendable (Int64) -> Void)?) async throws -> Download
  ) async throws -> Download {
    guard let bar = TransferBar(location.baseName, total: nil, quiet: quiet) else { return try await body(nil) }
    // Only a person wants to know how much it will be, so only a person pays for the question.
    bar.expect(try await client.headObject(bucket: location.bucket, key: location.key).size)
    return try await TransferBar.show(bar) { try await body(bar.progress(of: 0)) }
  }

  private func fetchAll(_ location: S3Location, _ client: S3Client) async throws {
    var plan = DownloadPlan(prefix: location.key)
    var items: [DownloadPlan.Item] = []
    var results: [Download] = []
    for object in try await client.listObjects(bucket: location.bucket, prefix: location.key) {
      do throws(DownloadPlan.Refusal) {
        if let item = try plan.place(key: object.key, size: object.size) { items.append(item) }
      } catch {
        results.append(Download(key: object.key, error: "refused: \(error.reason)"))
      }
    }
    guard !items.isEmpty || !results.isEmpty else {
      throw CommandFailure(.failed, "no key begins with \(location)")
    }
    let folder = try DownloadFolder(destination)
    let bar = TransferBar("\(items.count) objects", total: items.reduce(0) { $0 + $1.size }, quiet: quiet)
    let fetched = try await TransferBar.show(bar) {
      try await inParallel(items, width: parallel) { index, item in
        let one = try await Download.fetch(
          item, of: location.bucket, into: folder, client, bar?.progress(of: index))
        bar?.finish(index, bytes: one.size ?? 0)
        return one
      }
    }
    // Once for all of them: a sync for each file's name would double what the disk has to do.
    let paths = zip(items, fetched).filter { $0.1.error == nil }.map(\.0.path)
    try await DetachedThread.value { () throws(CommandFailure) in try folder.sync(above: paths) }
    try report(results + fetched)
  }

  private func report(_ results: [Download]) throws {
    let failed = results.filter { $0.error != nil }
    if json {
      writeLine(try JSONText.document(results))
    } else {
      let output = BufferedOutput()
      if !quiet { for one in results where one.error == nil { try output.line(one.text) } }
      try output.flush()
      for one in failed { writeLine("bundletop: \(one.text)", to: .errors) }
    }
    guard failed.isEmpty else { throw CommandFailure(failed.count == results.count ? .failed : .partly, nil) }
  }
}
