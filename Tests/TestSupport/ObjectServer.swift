package import BundleModel
package import LocalStack
internal import S3

/// A real S3 server that a test may use.
package protocol ObjectServer: Sendable {
  /// `http://127.0.0.1:PORT`; path style.
  var endpoint: String { get }
  /// The region to sign for.
  var region: String { get }
  /// Half of the credentials.
  var accessKey: String { get }
  /// The other half.
  var secretKey: Secret<String> { get }
  /// Makes a private bucket; one that exists already is no error.
  func makeBucket(_ name: String) async throws(LocalStackError)
}

extension LocalS3: ObjectServer {}

extension ObjectServer {
  /// Where it listens on 127.0.0.1.
  package var port: Int { endpoint.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

  /// The one that all of them are set to.
  package var region: String { LocalS3.region }

  /// The `APPHUB_BUNDLE_STORAGE_*` variables for one of its buckets.
  package func environment(bucket: String) -> [String: String] {
    let prefix = "APPHUB_BUNDLE_STORAGE"
    return [
      "\(prefix)_BACKEND": "s3", "\(prefix)_BUCKET": bucket, "\(prefix)_ENDPOINT": endpoint,
      "\(prefix)_REGION": region, "\(prefix)_FORCE_PATH_STYLE": "true", "\(prefix)_ACCESS_KEY_ID": accessKey,
      "\(prefix)_SECRET_ACCESS_KEY": secretKey.reveal(),
    ]
  }

  /// Makes a private bucket; one that exists already is no error.
  package func makeBucket(_ name: String) async throws(LocalStackError) {
    guard let address = S3Endpoint(endpoint, pathStyle: true) else {
      throw LocalStackError(.refused, "\(endpoint) is not an S3 endpoint")
    }
    let credentials = S3Credentials(accessKeyID: accessKey, secretAccessKey: secretKey)
    let client = S3Client(S3Configuration(endpoint: address, region: region, credentials: credentials))
    do {
      try await client.createBucket(name)
    } catch {
      throw LocalStackError(.refused, "\(endpoint) did not make the bucket \(name): \(error)")
    }
  }
}
