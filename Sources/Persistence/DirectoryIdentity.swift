internal import BundleModel
package import LegacyStore
internal import ProcessControl

/// The id by which directories of several pods are told apart, wherever they are copied to.
package enum DirectoryIdentity {
  /// The id that a directory has, or is given now; nil when it is not there. Blocks on the file system.
  ///
  /// - Parameters:
  ///   - pod: begins a new id, for people.
  ///   - making: make the directory when it is not there.
  package static func settle(_ directory: LegacyDirectory, pod: String, making: Bool = true)
    throws(LegacyError) -> String?
  {
    do throws(LegacyError) {
      if let id = try directory.sourceID() { return id }
    } catch {
      guard error.kind == .missing else { throw error }
      guard making else { return nil }
    }
    do throws(LegacyError) {
      try directory.establishSourceID(make(pod: pod))
    } catch {
      // Another process was first.
      guard error.kind == .conflict else { throw error }
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
