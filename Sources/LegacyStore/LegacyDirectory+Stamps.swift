internal import BundleModel
internal import Glibc

extension LegacyDirectory {
  /// The status files by their path below the directory, as they are now; none of them is opened. A directory without
  /// statuses is empty.
  ///
  /// - Throws: when the directory is not there or cannot be read.
  package func stamps() throws(LegacyError) -> [String: LegacyStamp] {
    let root = try LegacyFolder.root(path)
    var stamps: [String: LegacyStamp] = [:]
    if case .file(let stamp)? = try root.look(LegacyDirectory.map) { stamps[LegacyDirectory.map] = stamp }
    guard let folder = try root.folder("status") else { return stamps }
    for bytes in try folder.names() {
      guard bytes.suffix(5).elementsEqual(".json".utf8), bytes.first != UInt8(ascii: "."),
        let name = String(validating: bytes, as: UTF8.self)
      else { continue }
      if case .file(let stamp)? = try folder.look(name) { stamps["status/" + name] = stamp }
    }
    return stamps
  }

  /// What there is at a path below the directory, by one look that opens nothing; nil when there is no regular file.
  package func stamp(_ path: String) -> LegacyStamp? {
    var facts = stat()
    guard lstat(self.path + "/" + path, &facts) == 0, case .file(let stamp) = LegacyLook(facts) else { return nil }
    return stamp
  }

  /// The older file that holds all statuses.
  package static let map = "status.json"
}
