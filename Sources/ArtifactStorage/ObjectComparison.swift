package import BundleModel

/// What an object was found to hold, byte for byte.
package struct ObjectContent: Equatable, Sendable {
  /// Bytes.
  package var size: Int64
  package var checksum: Checksum

  package init(size: Int64, checksum: Checksum) {
    self.size = size
    self.checksum = checksum
  }
}

/// A stored object beside what is recorded of it.
package struct ObjectComparison: Equatable, Sendable {
  /// Nil where nothing can be compared: what is recorded is no SHA-256.
  package var verification: Verification?
  /// Bytes of the object; nil when there is none.
  package var size: Int64?
  /// The SHA-256 of the object's bytes if they were read, else the one that the store told.
  package var checksum: Checksum?
  /// How many bytes were read for this.
  package var bytesRead: Int64 = 0
  /// Why it is no match, in one line.
  package var reason: String?
}

extension ArtifactStore {
  /// Compares an object with its row, and tells what differs.
  ///
  /// Unlike `verify` it believes no checksum of a store that differs from the row before it has read the bytes.
  ///
  /// - Parameter deep: read the bytes also where size and checksum of the store agree with the row.
  package func compare(_ artifact: Artifact, deep: Bool) async throws(StorageError) -> ObjectComparison {
    let expected = Checksum(hex: artifact.checksum)
    guard case .present(let size, let told) = try await inspect(artifact.storageKey) else { return .missing }
    var found = ObjectComparison(size: size, checksum: told)
    if let recorded = artifact.size, recorded != size {
      found.verification = .mismatch
      found.reason = "it has \(size) bytes, recorded are \(recorded)"
      guard deep else { return found }
    }
    guard let expected else {
      if found.verification == nil { found.reason = "its row holds no SHA-256 to compare with" }
      return found
    }
    if !deep, told == expected {
      found.verification = .match
      return found
    }
    guard let content = try await content(artifact.storageKey) else { return .missing }
    found.bytesRead = content.size
    found.size = content.size
    found.checksum = content.checksum
    if let recorded = artifact.size, recorded != content.size {
      found.verification = .mismatch
      found.reason = "it has \(content.size) bytes, recorded are \(recorded)"
    } else if content.checksum != expected {
      found.verification = .mismatch
      found.reason = "its bytes have the SHA-256 \(content.checksum.hex), recorded is \(expected.hex)"
    } else {
      found.verification = .match
      found.reason = nil
    }
    return found
  }
}

extension ObjectComparison {
  fileprivate static let missing = ObjectComparison(verification: .missing, reason: "there is no such object")
}
