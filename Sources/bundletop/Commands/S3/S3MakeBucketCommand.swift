internal import ArgumentParser
internal import BundleModel
internal import ProcessControl
internal import S3

/// `bundletop s3 mb`: makes a bucket.
struct S3MakeBucketCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mb", abstract: "Make a private bucket; one that is yours already is fine.")

  @Argument(help: ArgumentHelp("The bucket.", valueName: "s3://bucket")) var bucket: String
  @OptionGroup var options: S3Options
  @Flag(help: "Print a JSON object: bucket, endpoint.") var json = false

  private struct Answer: Encodable {
    var bucket: String
    var endpoint: String
  }

  func run() async throws {
    let location = try S3Location(bucket)
    guard location.key.isEmpty else {
      throw CommandFailure(.usage, "\(location) names an object: a bucket is s3://bucket")
    }
    let client = try options.access().client()
    try await client.createBucket(location.bucket)
    writeLine(
      json
        ? try JSONText.document(Answer(bucket: location.bucket, endpoint: "\(client.endpoint)"))
        : "s3://\(location.bucket) is there")
  }
}
