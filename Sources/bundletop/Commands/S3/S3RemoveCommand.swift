internal import ArgumentParser
internal import BundleModel
internal import ProcessControl
internal import S3

/// `bundletop s3 rm`: removes objects.
struct S3RemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove objects; one that is not there is fine.",
    discussion: "Exit code: 0 all are gone; 1 none; 2 some.")

  @Argument(help: ArgumentHelp("The objects; with --recursive, prefixes.", valueName: "s3://bucket/key"))
  var objects: [String]
  @OptionGroup var options: S3Options
  @Flag(name: .shortAndLong, help: "Everything whose key begins with the prefix. Needs --yes or --dry-run.")
  var recursive = false
  @Flag(help: "Do not ask whether --recursive is meant.") var yes = false
  @Flag(help: "Only print what would be removed.") var dryRun = false
  @Flag(help: "Print a JSON object: removed (how many), failed (key, code, message), dryRun.") var json = false

  func validate() throws {
    guard !recursive || yes || dryRun else {
      throw ValidationError(
        "--recursive removes everything below the prefix: say --yes, or look with --dry-run first")
    }
  }

  private struct Failed: Encodable {
    var key: String
    var code: String
    var message: String
  }

  private struct Answer: Encodable {
    var removed: Int
    var failed: [Failed]
    var dryRun: Bool
  }

  func run() async throws {
    let locations = try objects.map { try recursive ? S3Location($0) : S3Location.object($0) }
    let client = try options.access().client()
    let answer = try await Interruptible.run {
      var answer = Answer(removed: 0, failed: [], dryRun: dryRun)
      for location in locations {
        if recursive {
          try await client.pages(bucket: location.bucket, prefix: location.key) { page in
            try await remove(page.map(\.key), in: location.bucket, client: client, &answer)
          }
        } else {
          try await remove([location.key], in: location.bucket, client: client, &answer)
        }
      }
      return answer
    }
    if json {
      writeLine(try JSONText.document(answer))
    } else {
      for one in answer.failed {
        writeLine("bundletop: \(UntrustedText.line("\(one.key): \(one.code) \(one.message)"))", to: .errors)
      }
      writeLine("\(answer.removed) \(dryRun ? "would be removed" : "removed")")
    }
    guard answer.failed.isEmpty else { throw CommandFailure(answer.removed == 0 ? .failed : .partly, nil) }
  }

  private func remove(
    _ keys: [String], in bucket: String, client: S3Client, _ answer: inout Answer
  ) async throws {
    guard !keys.isEmpty else { return }
    if dryRun {
      if !json { for key in keys { writeLine(UntrustedText.line("s3://\(bucket)/\(key)")) } }
      answer.removed += keys.count
      return
    }
    if keys.count == 1 {
      // One request that every server knows, where a bulk delete is one that some do not.
      try await client.deleteObject(bucket: bucket, key: keys[0])
      answer.removed += 1
      return
    }
    let failures = try await client.deleteObjects(bucket: bucket, keys: keys)
    answer.removed += keys.count - failures.count
    answer.failed += failures.map { Failed(key: $0.key, code: $0.code, message: $0.message) }
  }
}
