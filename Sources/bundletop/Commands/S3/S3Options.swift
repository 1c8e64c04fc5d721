internal import ArgumentParser
internal import BundleModel
internal import ProcessControl
internal import S3

/// Which object store a command talks to. Keys and secrets come from the environment or a profile, never from here:
/// everybody can read arguments.
struct S3Options: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The service. Default: APPHUB_BUNDLE_STORAGE_ENDPOINT, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else Amazon's own.",
      valueName: "url"))
  var endpoint: String?
  @Option(help: "The region to sign for. Default: APPHUB_BUNDLE_STORAGE_REGION, AWS_REGION, else us-east-1.")
  var region: String?
  @Option(help: "How buckets are addressed. Default: path where an endpoint is named, else virtual.")
  var style: AddressStyle?
  @Option(
    help: ArgumentHelp(
      "Take keys and region from this profile of AWS's files, not the environment.", valueName: "name"))
  var profile: String?

  /// Everything that is needed to talk to the service.
  func access(_ environment: [String: String] = ThisProcess.environment()) throws -> S3Access {
    try S3Access(
      endpoint: endpoint, region: region, style: style, profile: profile,
      settings: S3Environment(variables: environment))
  }
}

/// Where the bucket's name stands in a URL.
enum AddressStyle: String, ExpressibleByArgument, CaseIterable, Decodable {
  /// `host/bucket/key`.
  case path
  /// `bucket.host/key`.
  case virtual
}
