internal import BundleModel
internal import HTTPTransport
package import S3

extension StorageSettings {
  /// Where archives are kept in S3, and who we are there.
  package struct S3: Sendable {
    package var bucket: String
    package var prefix: String
    package var endpoint: S3Endpoint
    package var publicEndpoint: S3Endpoint
    package var region: String
    /// The keys as they stood when they were read, and where from.
    package var credentials: CredentialSource
    package var reach: StorageReach

    /// For a client of the same service.
    package var configuration: S3Configuration {
      var configuration = S3Configuration(
        endpoint: endpoint, region: region, credentials: credentials.credentials, trust: reach.trust,
        proxy: reach.proxy)
      configuration.credentialSource = credentials
      return configuration
    }
  }
}

extension StorageSettings.S3 {
  init(_ variables: StorageVariables, _ warnings: inout [String]) throws(StorageError) {
    guard let bucket = variables["BUCKET"] else {
      throw StorageVariables.wrong("BUCKET", "is not set, and the s3 backend needs it")
    }
    let isName = { (byte: UInt8) -> Bool in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
        || [45, 46, 95].contains(byte)
    }
    guard (3...255).contains(bucket.utf8.count), bucket.utf8.allSatisfy(isName) else {
      throw StorageVariables.wrong("BUCKET", "is not a bucket name (3 and more letters, digits, dots and hyphens)")
    }
    self.bucket = bucket
    prefix = ArtifactKey.normalised(prefix: variables["PREFIX"] ?? "")
    do throws(S3Error) {
      credentials = try CredentialSource(environment: variables.environment)
    } catch {
      throw StorageError(.configuration, error.message)
    }
    region =
      variables["REGION"] ?? variables.environment["AWS_REGION"]?.nonBlank ?? credentials.region ?? "us-east-1"
    guard region.utf8.allSatisfy({ isName($0) && $0 != 46 }) else {
      throw StorageVariables.wrong("REGION", "is not a region name (letters, digits and hyphens)")
    }

    let hasEndpoint = variables["ENDPOINT"] != nil
    let pathStyle = hasEndpoint || variables["FORCE_PATH_STYLE"]?.lowercased() == "true"
    guard let amazon = S3Endpoint(awsRegion: region, pathStyle: pathStyle) else {
      throw StorageVariables.wrong("REGION", "is not a region name (letters, digits and hyphens)")
    }
    endpoint = try StorageSettings.S3.endpoint(variables, "ENDPOINT", pathStyle: pathStyle) ?? amazon
    publicEndpoint =
      try StorageSettings.S3.endpoint(variables, "PUBLIC_ENDPOINT", pathStyle: pathStyle) ?? endpoint
    reach = try StorageReach(variables)
    if reach.trust != TLSTrust(), endpoint.scheme == "http" {
      warnings.append("\(StorageVariables.name("CA_FILE")) and _CA_DIR say nothing: \(endpoint) is not https")
    }
  }

  private static func endpoint(
    _ variables: StorageVariables, _ name: String, pathStyle: Bool
  ) throws(StorageError) -> S3Endpoint? {
    guard let text = variables[name] else { return nil }
    guard let endpoint = S3Endpoint(text, pathStyle: pathStyle) else {
      throw StorageVariables.wrong(name, "is not an address like https://host or http://host:port")
    }
    return endpoint
  }
}
