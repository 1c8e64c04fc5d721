internal import ArgumentParser
internal import BundleModel
internal import ProcessControl
internal import S3

/// `bundletop s3 presign`: a URL that works without keys until it expires.
struct S3PresignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presign", abstract: "Print a signed URL, and nothing else. Contacts nobody.",
    discussion: """
      On the bucket of the artifacts it refuses without --unaudited: `bundletop sign` is the audited way there.

      --batch reads one JSON object a line: method, endpoint, bucket, key, region, expires, style, at, accessKey,
      secretKey, sessionToken, and query and headers as arrays of [name, value]. What is absent is as without
      --batch. It prints one URL a line, in order; for a line that cannot be signed `error: …`, and exits 2 at the end.
      """)

  @Option(help: "GET, PUT, HEAD or DELETE.") var method = "GET"
  @Option(help: "The bucket.") var bucket: String?
  @Option(parsing: .unconditional, help: "The object, literally.") var key: String?
  @Option(help: ArgumentHelp("Until the URL expires, 1 to 604800.", valueName: "seconds")) var expires = 300
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Added to the URL and signed; literal, not encoded. Repeatable.", valueName: "name=value"))
  var query: [String] = []
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A header that the request must carry. Repeatable.", valueName: "name:value"))
  var header: [String] = []
  @Option(help: ArgumentHelp("The clock, in place of this machine's.", valueName: "YYYYMMDDTHHMMSSZ"))
  var at: String?
  @OptionGroup var options: S3Options
  @Flag(help: "Also on the bucket of the artifacts, where no record is kept of it.") var unaudited = false
  @Flag(help: "Read requests from standard input, one JSON object a line.") var batch = false

  func validate() throws {
    guard batch == (bucket == nil && key == nil) else {
      throw ValidationError(
        batch ? "--batch takes bucket and key from its lines" : "name --bucket and --key, or say --batch")
    }
    guard !batch || (query.isEmpty && header.isEmpty) else {
      throw ValidationError("--batch takes query and headers from its lines")
    }
  }

  func run() async throws {
    let settings = S3Environment(variables: ThisProcess.environment())
    // Lines may bring their own keys; one that does not will say what is missing.
    let source = Result { try S3Access.keys(profile: options.profile, settings: settings) }
    let defaults = try defaults()
    let signer = PresignSigner(settings: settings, source: source, unaudited: unaudited)
    guard batch else {
      var signer = signer
      return writeLine(try signer.url(defaults, now: ThisProcess.now()).reveal())
    }
    try await DetachedThread.value { () throws(CommandFailure) in
      var batch = PresignBatch(signer: signer, defaults: defaults)
      try batch.run()
    }
  }

  /// What the options say, which is also what a line of a batch says that leaves it out.
  private func defaults() throws -> PresignRequest {
    var request = PresignRequest()
    request.method = method
    request.endpoint = options.endpoint
    request.bucket = bucket ?? ""
    request.key = key ?? ""
    request.region = options.region
    request.expires = expires
    request.style = options.style
    request.query = query.map { text in
      let parts = text.utf8.split(separator: 61, maxSplits: 1, omittingEmptySubsequences: false)
      return (
        String(decoding: Array(parts[0]), as: UTF8.self),
        parts.count > 1 ? String(decoding: Array(parts[1]), as: UTF8.self) : nil
      )
    }
    request.headers = try header.map { text in
      let parts = text.utf8.split(separator: 58, maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw CommandFailure(.usage, "--header takes NAME:VALUE")
      }
      return (String(decoding: Array(parts[0]), as: UTF8.self), String(decoding: Array(parts[1]), as: UTF8.self))
    }
    request.at = at
    return request
  }
}
