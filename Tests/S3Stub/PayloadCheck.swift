internal import Hashing

/// Whether what arrived is what the headers promise.
enum PayloadCheck {
  private static let otherChecksums = ["crc32c", "crc64nvme", "sha1"].map { "x-amz-checksum-\($0)" }

  /// Refuses a body of another hash, checksum or MD5, and one whose length was not said.
  ///
  /// - Returns: the body's SHA-256.
  @discardableResult
  static func admit(_ request: StubRequest) throws(StubRefusal) -> [UInt8] {
    if ["PUT", "POST"].contains(request.method), request.contentLength == nil {
      throw StubRefusal(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
    }
    guard request.header("transfer-encoding") == nil else {
      throw StubRefusal(
        501, "NotImplemented", "A header you provided implies functionality that is not implemented")
    }
    let digest = SHA256.digest(of: request.body)
    if let promised = request.header("x-amz-content-sha256"), promised != "UNSIGNED-PAYLOAD" {
      guard promised == ByteWords.hex(digest) else {
        throw StubRefusal(
          400, "XAmzContentSHA256Mismatch",
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
          details: [("ClientComputedContentSHA256", promised), ("S3ComputedContentSHA256", ByteWords.hex(digest))])
      }
    }
    if let text = request.header("content-md5") {
      guard let promised = ByteWords.bytes(base64: text), promised.count == 16 else {
        throw StubRefusal(400, "InvalidDigest", "The Content-MD5 you specified is not valid.")
      }
      guard promised == MD5.digest(of: request.body) else {
        throw StubRefusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
      }
    }
    guard !otherChecksums.contains(where: { request.header($0) != nil }) else {
      throw StubRefusal(501, "NotImplemented", "only SHA-256 and CRC32 are spoken here")
    }
    if let text = request.header("x-amz-checksum-crc32"), text != ByteWords.base64(CRC32.digest(of: request.body)) {
      throw StubRefusal(400, "BadDigest", "The CRC32 you specified did not match the calculated checksum.")
    }
    // Complete names the checksum of the whole object, not of its own body.
    if let text = request.header("x-amz-checksum-sha256"), request.operation != .completeUpload {
      guard let promised = ByteWords.bytes(base64: text), promised.count == 32 else {
        throw StubRefusal(400, "InvalidRequest", "Value for x-amz-checksum-sha256 header is invalid.")
      }
      guard promised == digest else {
        throw StubRefusal(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.")
      }
    }
    return digest
  }
}
