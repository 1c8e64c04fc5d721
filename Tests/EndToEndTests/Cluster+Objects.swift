import BundleModel
import S3
import TestSupport

extension Cluster {
  /// Every object of the bucket with the time of its last write.
  func objectTimes() async throws -> [String: String] {
    var times: [String: String] = [:]
    for object in try await client().listObjects(bucket: objects.bucket) { times[object.key] = "\(object)" }
    return times
  }

  /// Deletes the objects of a bundle behind everybody's back.
  func removeObjects(of slug: String) async throws {
    let client = try client()
    for key in try await objectTimes().keys where key.hasPrefix("\(slug)/") {
      try await client.deleteObject(bucket: objects.bucket, key: key)
    }
  }

  /// Talks to the bucket directly.
  func client() throws -> S3Client {
    guard let endpoint = S3Endpoint(objects.endpoint, pathStyle: true) else {
      throw TestSupportError("no endpoint: \(objects.endpoint)")
    }
    return S3Client(
      S3Configuration(
        endpoint: endpoint, region: objects.region,
        credentials: S3Credentials(accessKeyID: objects.accessKey, secretAccessKey: objects.secretKey)))
  }

  /// Fetches a link as anybody would; returns the HTTP status and the file's SHA-256.
  func fetch(_ url: String, as name: String = "fetched") async throws -> (status: String, checksum: String) {
    let file = "\(folder.path)/\(name)"
    let answer = try await Program.run(
      "curl",
      ["--silent", "--show-error", "--max-time", "30", "--output", file, "--write-out", "%{http_code}", url])
    guard answer.succeeded else { throw TestSupportError("curl failed: \(answer.errors)") }
    let sum = try await Program.run("sha256sum", ["--binary", file])
    return (answer.output, String(sum.output.prefix(64)))
  }

  /// Signs a link to a bundle's artifact and fetches it; returns the SHA-256 of what came.
  func fetchSigned(_ slug: String, as name: String = "fetched") async throws -> String {
    let url = try await done("sign", slug).split(separator: "\n").first.map(String.init) ?? ""
    let (status, checksum) = try await fetch(url, as: name)
    guard status == "200" else { throw TestSupportError("the link of \(slug) answers \(status)") }
    return checksum
  }
}

extension Cluster {
  /// The SHA-256 that the status row of a bundle shows.
  func checksum(_ slug: String) async throws -> String {
    try await lines("select checksum from example_bundle_status where slug = '\(slug)'").first ?? "none"
  }
}
