extension ArtifactKey {
  /// Whether a key below `prefix` (empty for the whole store) looks as ours or AppHub's keys of archives do. Other
  /// people's objects in a bucket that is shared do not, nor what `bundletop doctor` puts.
  ///
  /// AppHub's form is not much of a mark, so its second part must be a fingerprint as AppHub makes them: a git tree
  /// or a SHA-256.
  package static func isArchive(_ key: String, below prefix: String) -> Bool {
    var bytes = Array(key.utf8)[...]
    let start = normalised(prefix: prefix).utf8
    if !start.isEmpty {
      guard bytes.starts(with: start), bytes.dropFirst(start.count).first == 47 else { return false }
      bytes = bytes.dropFirst(start.count + 1)
    }
    let parts = bytes.split(separator: 47, omittingEmptySubsequences: false)
    guard parts.allSatisfy(isSegment), let name = parts.last, name.contains(46) else { return false }
    switch parts.count {
    case 3: return [40, 64].contains(parts[1].count) && parts[1].allSatisfy(isHex)
    case 4: return parts[2].count == 16 && parts[2].allSatisfy(isHex)
    default: return false
    }
  }

  /// What `segment` makes.
  private static func isSegment(_ part: ArraySlice<UInt8>) -> Bool {
    guard let first = part.first, let last = part.last else { return false }
    return ![45, 46].contains(first) && ![45, 46].contains(last)
      && part.allSatisfy { byte in
        switch byte {
        case 48...57, 97...122, 45, 46, 95: true
        default: false
        }
      }
  }

  private static func isHex(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }
}
