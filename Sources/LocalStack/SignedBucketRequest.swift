internal import BundleModel
internal import Subprocess

/// The one request that a new server needs: to make a bucket.
struct SignedBucketRequest {
  let endpoint: String
  let accessKey: String
  let secretKey: Secret<String>

  /// PUT of a bucket (AWS: CreateBucket); one that exists already is no error.
  func put(_ bucket: String) async throws(LocalStackError) {
    // The keys go through standard input, where nobody else can read them.
    let settings = """
      url = "\(endpoint)/\(bucket)"
      request = "PUT"
      user = "\(accessKey):\(secretKey.reveal())"
      aws-sigv4 = "aws:amz:\(LocalS3.region):s3"
      silent
      max-time = 20
      retry = 5
      noproxy = "*"
      output = "/dev/null"
      write-out = "%{http_code}"
      """
    let status: String
    do {
      let result = try await Subprocess.run(
        .name("curl"), arguments: ["--disable", "--config", "-"], input: .string(settings),
        output: .string(limit: 4096))
      status = result.standardOutput
    } catch {
      throw LocalStackError(.programMissing, "cannot run curl to make the bucket \(bucket): \(error)")
    }
    guard status == "200" || status == "409" else {
      throw LocalStackError(
        .refused, "the S3 server at \(endpoint) did not make the bucket \(bucket): HTTP \(status)")
    }
  }
}
