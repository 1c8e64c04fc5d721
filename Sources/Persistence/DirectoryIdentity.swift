internal import BundleModel
package import LegacyStore
internal import ProcessControl

/// The id by which directories of several pods are told apart, wherever they are copied to.
package enum DirectoryIdentity {
  /// The id that a directory has, or is given now; nil when it is not there. Blocks on the file system.
  ///
  /// - Parameter pod: begins a new id, for people.
  package static func settle(_ directory: LegacyDirectory, pod: String) throws(LegacyError) -> String? {
    if let id = try directory.sourceID() { return id }
    do throws(LegacyError) {
      try directory.establishSourceID(make(pod: pod))
    } catch {
      switch error.kind {
      case .missing: return nil
      // Another process was first.
      case .conflict: break
      default: throw error
      }
    }
    return try directory.sourceID()
  }

  /// A new id: letters, digits, dots, dashes and underscores; at most 64.
  static func make(pod: String) -> String {
    let name = pod.utf8.map { byte in
      switch byte {
      case 48...57, 65...90, 97...122, 46, 95: byte
      default: UInt8(ascii: "-")
      }
    }
    return String(decoding: name.prefix(48), as: UTF8.self) + "-" + ThisProcess.randomUUID().prefix(8)
  }
}
