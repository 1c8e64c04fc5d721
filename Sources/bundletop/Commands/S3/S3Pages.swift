internal import S3

extension S3Client {
  /// Every page of a listing, for work that has errors of its own. One page is in memory at a time.
  func pages(
    bucket: String, prefix: String, _ body: ([S3ListedObject]) async throws -> Void
  ) async throws {
    var failure: (any Error)?
    do throws(S3Error) {
      try await eachPage(bucket: bucket, prefix: prefix) { (page) async throws(S3Error) in
        do {
          try await body(page)
        } catch {
          failure = error
          throw S3Error(kind: .cancelled, code: "Stopped", message: "the listing was not wanted any further")
        }
      }
    } catch {
      throw failure ?? error
    }
  }
}
