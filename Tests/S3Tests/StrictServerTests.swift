import BundleModel
import HTTPTransport
import Hashing
import LocalStack
import TestSupport
import Testing

@testable import S3

/// The strict server is strict, so that what passes on it is right.
@Suite struct StrictServerTests {
  @Test func refusesWhatIsNotAsSigned() async throws {
    let store = try await TestObjectStore.create(on: try await SharedServers.swift())
    let client = try store.client()
    let other = SHA256.digest(of: "other bytes")
    let bytes = Array("some bytes!".utf8)
    let hash = ByteEncoding.hex(SHA256.digest(of: bytes))
    let wrongs: [(hash: String, headers: [HTTPHeader])] = [
      (ByteEncoding.hex(other), []), (hash, [HTTPHeader("x-amz-checksum-sha256", ByteEncoding.base64(other))]),
      (hash, [HTTPHeader("Content-MD5", ByteEncoding.base64([UInt8](repeating: 1, count: 16)))]),
    ]
    for wrong in wrongs {
      var call = S3Call(
        method: .put, operation: "PUT", bucket: store.bucket, key: "key", body: .bytes(bytes))
      (call.payloadHash, call.headers) = wrong
      let request = call
      let error = await failure { () throws(S3Error) in _ = try await client.perform(request) }
      #expect(error?.status == 400, "\(String(describing: error))")
    }
    let get = await failure { () throws(S3Error) in
      _ = try await client.headObject(bucket: store.bucket, key: "key")
    }
    #expect(get?.kind == .notFound, "nothing of it was stored")
  }

  @Test func keepsPortAndObjectsThroughARestart() async throws {
    let directory = try StackDirectory.create()
    let server = try await PythonServer.swift(in: directory)
    let store = try await TestObjectStore.create(on: server)
    let client = try store.client()
    try await client.putObject(bucket: store.bucket, key: "kept", bytes: [1, 2, 3])
    await server.stop()
    try await server.startAgain()
    #expect(try await client.getObject(bucket: store.bucket, key: "kept", limit: 9).bytes == [1, 2, 3])
    await server.stop()
    try directory.remove()
  }
}
