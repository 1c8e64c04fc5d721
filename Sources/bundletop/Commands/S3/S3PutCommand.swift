internal import ArgumentParser
internal import BundleModel
internal import ProcessControl
internal import S3

/// `bundletop s3 put`: stores files, and looks at what arrived.
struct S3PutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Store files under a key, or under a prefix by their names.",
    discussion: """
      The SHA-256 of a file is signed, sent and noted with the object, and what leaves is hashed again: a file that
      changes meanwhile is not stored. Afterwards the server is asked what it has. Files of 64 MiB and more go in
      parts; one that was interrupted is simply put again, which also removes what was left of it.
      Exit code: 0 all stored; 1 none; 2 some.
      """)

  @Argument(help: ArgumentHelp("The files, and at the end where they go.", valueName: "file")) var paths: [String]
  @OptionGroup var options: S3Options
  @Option(help: "How many files at once, 1 to 32.") var parallel = 4
  @Option(help: ArgumentHelp("Recorded with the object.", valueName: "type"))
  var contentType = "application/octet-stream"
  @Flag(help: "Only where there is no object yet.") var ifAbsent = false
  @Flag(name: .shortAndLong, help: "No progress, on a terminal either.") var quiet = false
  @Flag(help: "Print a JSON object (a prefix: an array): file, key, size, sha256, seconds; error.") var json = false

  func validate() throws {
    guard paths.count >= 2 else {
      throw ValidationError("name at least one file, and where it goes: s3://bucket/key")
    }
    guard (1...32).contains(parallel) else { throw ValidationError("--parallel takes 1 to 32") }
    guard contentType.nonBlank != nil, contentType.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) else {
      throw ValidationError("--content-type takes ASCII text")
    }
  }

  func run() async throws {
    let destination = try S3Location(paths[paths.count - 1])
    let uploads = try S3PutCommand.uploads(of: paths.dropLast(), to: destination)
    let client = try options.access().client()
    let sizes = try await DetachedThread.value { () throws(CommandFailure) in
      var sizes: [Int64] = []
      for upload in uploads { sizes.append(try upload.size()) }
      return sizes
    }
    let label = uploads.count == 1 ? uploads[0].name : "\(uploads.count) files"
    let bar = TransferBar(label, total: sizes.reduce(0, +), quiet: quiet)
    let stored = try await Interruptible.run {
      try await TransferBar.show(bar) {
        try await inParallel(uploads, width: parallel) { index, upload in
          let one = try await upload.run(
            client, contentType: contentType, onlyIfAbsent: ifAbsent, isAlone: uploads.count == 1,
            progress: bar?.progress(of: index))
          bar?.finish(index, bytes: sizes[index])
          return one
        }
      }
    }
    try report(stored, isPrefix: destination.isPrefix)
  }

  /// One file goes to the key; several, or a key with a slash at its end, go below it by their own names.
  private static func uploads(of files: some Collection<String>, to place: S3Location) throws -> [Upload] {
    guard files.count > 1 || place.isPrefix else {
      return [Upload(file: files.first ?? "", location: place)]
    }
    guard place.isPrefix else {
      throw CommandFailure(.usage, "several files go below a prefix: \(place)/ with a slash at its end")
    }
    var taken: Set<[UInt8]> = []
    return try files.map { file in
      let name = S3Location.baseName(file)
      guard !["", ".", ".."].contains(name) else {
        throw CommandFailure(.usage, "\(UntrustedText.line(file)) ends in no file name")
      }
      guard taken.insert(Array(name.utf8)).inserted else {
        throw CommandFailure(.usage, "two of the files are called \(UntrustedText.line(name))")
      }
      return Upload(file: file, location: S3Location(bucket: place.bucket, key: place.key + name))
    }
  }

  private func report(_ results: [Stored], isPrefix: Bool) throws {
    let failed = results.filter { $0.error != nil }
    if json {
      writeLine(isPrefix ? try JSONText.document(results) : try JSONText.document(results[0]))
    } else {
      if !quiet { for one in results where one.error == nil { writeLine(one.text) } }
      for one in failed { writeLine("bundletop: \(one.text)", to: .errors) }
    }
    guard failed.isEmpty else { throw CommandFailure(failed.count == results.count ? .failed : .partly, nil) }
  }
}
