/// When a file goes up in parts, and how.
package struct MultipartSettings: Equatable, Sendable {
  /// The largest file, in bytes, that goes up in one request; 5 GiB is the protocol's limit. Parts cost twice the
  /// processor time a byte (each is hashed alone, within the whole, and while it leaves), so they are for files where
  /// beginning anew would hurt more.
  package var threshold: Int64
  /// Bytes of every part but the last. Grows by itself where the protocol's 10,000 parts would not do; most
  /// servers refuse less than 5 MiB.
  package var partSize: Int64
  /// Parts on their way at the same time.
  package var parallel: Int

  package init(threshold: Int64 = 256 << 20, partSize: Int64 = 16 << 20, parallel: Int = 4) {
    self.threshold = threshold
    self.partSize = partSize
    self.parallel = parallel
  }

  /// The most that one request may carry: 5 GiB.
  static let largestRequest: Int64 = 5 << 30
  /// The most parts of one upload.
  static let mostParts: Int64 = 10_000

  /// True when a file of `size` bytes fits into one request.
  func fitsOneRequest(_ size: Int64) -> Bool { size <= min(threshold, MultipartSettings.largestRequest) }

  /// The parts of a file, in order and without gaps; nil when the protocol cannot take so much.
  ///
  /// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
  func parts(of size: Int64) -> [FilePart]? {
    let mebibyte: Int64 = 1 << 20
    var length = max(1, min(partSize, MultipartSettings.largestRequest))
    if (size - 1) / length >= MultipartSettings.mostParts {
      let least = (size - 1) / MultipartSettings.mostParts + 1
      length = (least - 1) / mebibyte * mebibyte + mebibyte
    }
    guard length <= MultipartSettings.largestRequest else { return nil }
    let count = max(1, (size + length - 1) / length)
    return (0..<count).map { index in
      FilePart(
        number: Int(index) + 1, offset: index * length, size: min(length, size - index * length))
    }
  }
}

/// A part before it is hashed.
struct FilePart: Equatable, Sendable {
  /// From 1.
  var number: Int
  /// Bytes from the file's start.
  var offset: Int64
  var size: Int64
}

/// A part that the server has taken.
struct SentPart: Equatable, Sendable {
  var number: Int
  /// As the server wrote it, quotes included.
  var etag: String
  var checksum: [UInt8]
}
