import Synchronization

/// What a signature needs and is good for a day: deriving the key anew costs four more HMACs a signature.
struct SigningDay: Sendable {
  /// Days since 1970-01-01.
  var day: Int64
  /// Derived from secret, day, region and service.
  var key: [UInt8]
  /// `20130524/us-east-1/s3/aws4_request`.
  var scope: [UInt8]
  /// `X-Amz-Algorithm` and `X-Amz-Credential` as a presigned query begins.
  var queryStart: [UInt8]
}

/// The last day that was signed for. Belongs to one (credentials, region, service).
final class SigningKeyCache: Sendable {
  private let last = Mutex<SigningDay?>(nil)

  /// The values of a day, derived only when it is not the one of last time.
  func value(day: Int64, derive: () -> SigningDay) -> SigningDay {
    if let known = last.withLock({ $0 }), known.day == day { return known }
    let value = derive()
    last.withLock { $0 = value }
    return value
  }
}
