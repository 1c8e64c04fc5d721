package import BundleModel

/// An object store with an empty bucket of one test, on a real server.
package struct TestObjectStore: Sendable {
  /// The server, shared with the other tests of the process.
  package let server: any ObjectServer
  /// The bucket's name.
  package let bucket: String

  /// A new bucket on the server that the process's tests share: the fast one.
  package static func create() async throws -> TestObjectStore {
    try await create(on: try await SharedServers.objectStore())
  }

  /// A new bucket on another server.
  package static func create(on server: any ObjectServer) async throws -> TestObjectStore {
    let bucket = "test-\(UInt64.random(in: 0...UInt64.max))"
    try await server.makeBucket(bucket)
    return TestObjectStore(server: server, bucket: bucket)
  }

  /// `http://127.0.0.1:PORT`; path style.
  package var endpoint: String { server.endpoint }
  /// The region to sign for.
  package var region: String { server.region }
  /// Half of the credentials.
  package var accessKey: String { server.accessKey }
  /// The other half.
  package var secretKey: Secret<String> { server.secretKey }
  /// The `APPHUB_BUNDLE_STORAGE_*` variables that lead to the bucket, for child processes.
  package var environment: [String: String] { server.environment(bucket: bucket) }
}
