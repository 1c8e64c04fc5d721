package import BundleModel
internal import Hashing
internal import Wire

/// What tells one set of statuses from another by the fields that AppHub's files hold, in whatever order: two sides
/// that keep them in different ways are compared by it.
///
/// The exclusive or of the SHA-256 of each, so that what changes is taken out and put in.
package struct FiledDigest: Equatable, Sendable {
  private var bytes = [UInt8](repeating: 0, count: 32)

  /// That of no statuses.
  package init() {}

  package init(_ statuses: some Sequence<BundleStatus>) {
    for status in statuses { toggle(FiledDigest.part(of: status)) }
  }

  /// What one status contributes: 32 bytes.
  package static func part(of status: BundleStatus) -> [UInt8] {
    SHA256.digest(of: WireStatus.filed(status))
  }

  /// Puts a part in, or takes it out.
  package mutating func toggle(_ part: [UInt8]) {
    for index in bytes.indices { bytes[index] ^= part[index] }
  }

  /// The whole, as it is published.
  package var checksum: Checksum? { Checksum(digest: bytes) }
}
