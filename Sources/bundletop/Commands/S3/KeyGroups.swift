internal import BundleModel
internal import S3

/// Folds a listing into what stands below one prefix, as folders are shown. Keys come in the order of their bytes, so
/// that a folder is one run of them, and one folder at a time is all there is to remember.
struct KeyGroups {
  /// An object, or all objects whose keys go on behind the same slash.
  struct Group {
    /// Behind the prefix's last slash; a folder ends in a slash.
    var name: String
    var isFolder: Bool
    /// How many objects.
    var objects = 1
    /// Bytes, of all of them.
    var size: Int64
    /// The newest of them.
    var lastModified: Timestamp?
  }

  private let prefix: [UInt8]
  /// Where names begin: behind the prefix's last slash.
  private let start: Int
  private let recursive: Bool
  private var last: Group?

  init(prefix: String, recursive: Bool) {
    self.prefix = Array(prefix.utf8)
    self.recursive = recursive
    start = recursive ? 0 : self.prefix.lastIndex(of: 47).map { $0 + 1 } ?? 0
  }

  /// Takes the next object; returns the group before it when that is complete now.
  mutating func take(_ object: S3ListedObject) -> Group? {
    let (name, isFolder) = name(of: object.key)
    if isFolder, var known = last, known.isFolder, known.name == name {
      known.objects += 1
      known.size += object.size
      known.lastModified = [known.lastModified, object.lastModified].compactMap(\.self).max()
      last = known
      return nil
    }
    defer { last = Group(name: name, isFolder: isFolder, size: object.size, lastModified: object.lastModified) }
    return last
  }

  /// The last group, once there are no more objects.
  mutating func end() -> Group? {
    defer { last = nil }
    return last
  }

  private func name(of key: String) -> (text: String, isFolder: Bool) {
    let bytes = Array(key.utf8)
    guard !recursive, bytes.count > prefix.count, let slash = bytes[prefix.count...].firstIndex(of: 47) else {
      return (String(decoding: bytes.dropFirst(start), as: UTF8.self), false)
    }
    return (String(decoding: bytes[start...slash], as: UTF8.self), true)
  }
}
