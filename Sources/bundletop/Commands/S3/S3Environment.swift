internal import BundleModel
internal import S3

/// What the environment says of object stores: AppHub's variables first, then Amazon's. Blank counts as unset.
struct S3Environment {
  let variables: [String: String]

  /// `APPHUB_BUNDLE_STORAGE_…`.
  static func name(_ name: String) -> String { "APPHUB_BUNDLE_STORAGE_\(name)" }

  subscript(_ name: String) -> String? { variables[name]?.nonBlank }

  /// The endpoint's text and the variable that it comes from.
  var endpoint: (text: String, variable: String)? {
    first([S3Environment.name("ENDPOINT"), "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])
  }

  var region: (text: String, variable: String)? {
    first([S3Environment.name("REGION"), "AWS_REGION", "AWS_DEFAULT_REGION"])
  }

  var forcesPathStyle: Bool { self[S3Environment.name("FORCE_PATH_STYLE")]?.lowercased() == "true" }

  /// The bucket of the artifacts, if there is one.
  var artifactBucket: String? { self[S3Environment.name("BUCKET")] }

  /// The hosts under which that bucket is known: what programs talk to, and what links are signed for.
  var artifactEndpoints: [S3Endpoint] {
    let named = [S3Environment.name("ENDPOINT"), S3Environment.name("PUBLIC_ENDPOINT")]
      .compactMap { self[$0] }.compactMap { S3Endpoint($0, pathStyle: true) }
    guard self[S3Environment.name("ENDPOINT")] == nil else { return named }
    return named + [S3Endpoint(awsRegion: region?.text ?? "us-east-1", pathStyle: true)].compactMap { $0 }
  }

  /// Signing for the artifacts' bucket is what `sign` is for: it records each link. Hosts are compared without
  /// regard to the scheme, this machine's names count as one, and so do Amazon's, whose buckets are one world.
  func isArtifactBucket(_ bucket: String, at endpoint: S3Endpoint) -> Bool {
    guard bucket == artifactBucket else { return false }
    return artifactEndpoints.contains { S3Environment.service($0) == S3Environment.service(endpoint) }
  }

  private static func service(_ endpoint: S3Endpoint) -> String {
    if endpoint.host.hasSuffix(".amazonaws.com") || endpoint.host == "amazonaws.com" { return "amazon" }
    let port = endpoint.port ?? (endpoint.scheme == "https" ? 443 : 80)
    let isLoopback =
      endpoint.host == "localhost" || endpoint.host.hasPrefix("127.") || endpoint.host == "[::1]"
      || endpoint.host.hasSuffix(".localhost")
    return "\(isLoopback ? "loopback" : endpoint.host):\(port)"
  }

  private func first(_ names: [String]) -> (text: String, variable: String)? {
    for name in names {
      if let text = self[name] { return (text, name) }
    }
    return nil
  }
}
