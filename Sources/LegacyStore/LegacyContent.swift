internal import BundleModel
internal import Hashing

/// The bytes of a status file, and what it was when they were read.
struct LegacyContent {
  var bytes: [UInt8]
  var stamp: LegacyStamp

  var checksum: Checksum {
    let hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.finishChecksum()
  }

  /// Bytes of one status file at most.
  static let largestStatus: Int64 = 256 << 10
  /// Bytes at most of the older `status.json`, which holds all statuses.
  static let largestMap: Int64 = 64 << 20

  /// Reads a file of a folder; nil when there is none.
  static func read(
    _ name: String, in folder: borrowing LegacyFolder, limit: Int64
  ) throws(LegacyFlaw) -> LegacyContent? {
    // A pod that is at work replaces files; one that is written in place may be caught half way.
    for _ in 0..<3 {
      if let whole = try readOnce(name, in: folder, limit: limit) { return whole.content }
    }
    throw LegacyFlaw(.unreadable, "it changes while it is read")
  }

  /// Nil when the file changed meanwhile.
  private static func readOnce(
    _ name: String, in folder: borrowing LegacyFolder, limit: Int64
  ) throws(LegacyFlaw) -> (content: LegacyContent?, Void)? {
    do {
      if case .other(let kind)? = try folder.look(name) { throw LegacyFlaw(.notRegular, "it is \(kind.words)") }
      guard let file = try folder.file(name) else { return (nil, ()) }
      let stamp = try file.stamp()
      guard stamp.size <= limit else {
        throw LegacyFlaw(.tooLarge, "it has \(stamp.size) bytes, at most \(limit) are read")
      }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(Int(stamp.size))
      try file.read { piece throws(LegacyError) in bytes += piece }
      guard try file.stamp() == stamp, bytes.count == Int(stamp.size) else { return nil }
      return (LegacyContent(bytes: bytes, stamp: stamp), ())
    } catch let flaw as LegacyFlaw {
      throw flaw
    } catch let error as LegacyError {
      throw LegacyFlaw(error.kind == .unsafe ? .notRegular : .unreadable, error.message)
    } catch {
      throw LegacyFlaw(.unreadable, "\(error)")
    }
  }
}
