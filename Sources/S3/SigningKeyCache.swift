import Synchronization

/// The last signing key, which is good for one day: deriving it anew costs four more HMACs a signature.
///
/// Belongs to one (secret, region, service), so the day alone tells keys apart.
final class SigningKeyCache: Sendable {
  private let last = Mutex<(day: Int64, key: [UInt8])?>(nil)

  /// The key of a day, derived only when it is not the one of last time.
  func key(day: Int64, derive: () -> [UInt8]) -> [UInt8] {
    if let known = last.withLock({ $0?.day == day ? $0?.key : nil }) { return known }
    let key = derive()
    last.withLock { $0 = (day, key) }
    return key
  }
}
