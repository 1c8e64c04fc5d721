internal import BundleModel
internal import Glibc
internal import JSON
internal import ProcessControl

extension LegacyDirectory {
  /// The most bytes of one status, and of the older `status.json` that holds all of them.
  private static let largestFile = 256 << 10
  private static let largestMap = 16 << 20

  /// Reads the statuses, at most `limit`. Blocks on the file system; nil when the folder is not there.
  ///
  /// - Parameter liveStore: the folder in which archives are kept now: no leftover, wherever it lies.
  package func scan(limit: Int = 2000, liveStore: String? = nil) -> LegacyScan? {
    var scan = LegacyScan()
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      guard errno != ENOENT, errno != ENOTDIR else { return nil }
      scan.isReadable = false
      return scan
    }
    guard facts.st_mode & S_IFMT == S_IFDIR else { return nil }
    guard access(path, R_OK | X_OK) == 0 else {
      scan.isReadable = false
      return scan
    }
    readMap(into: &scan, limit: limit)
    readFiles(into: &scan, limit: limit)
    lookForArchives(into: &scan, liveStore: liveStore)
    return scan
  }

  private func readMap(into scan: inout LegacyScan, limit: Int) {
    let name = "status.json"
    switch LegacyFileText.read("\(path)/\(name)", limit: LegacyDirectory.largestMap) {
    case .absent: return
    case .unreadable: scan.unreadable += 1
    case .text(let bytes, let modifiedAt):
      guard case .object(let map)? = try? JSONValue(parsing: bytes) else {
        scan.unreadable += 1
        return
      }
      for (key, value) in zip(map.keys, map.values) {
        guard scan.entries.count < limit else {
          scan.isCut = true
          return
        }
        // The key may be anything; the slug inside counts.
        guard let entry = LegacyDirectory.entry(value, fileSlug: nil, "\(name)#\(key)", modifiedAt) else {
          scan.unreadable += 1
          continue
        }
        scan.entries.append(entry)
      }
    }
  }

  private func readFiles(into scan: inout LegacyScan, limit: Int) {
    guard let folder = DirectoryReader.open(path + "/status") else {
      if errno != ENOENT { scan.isReadable = false }
      return
    }
    while let bytes = folder.next() {
      guard bytes.suffix(5).elementsEqual(".json".utf8), bytes.first != UInt8(ascii: ".") else { continue }
      guard scan.entries.count + scan.unreadable < limit else {
        scan.isCut = true
        return
      }
      guard let name = String(validating: bytes, as: UTF8.self),
        case .text(let text, let modifiedAt) = LegacyFileText.read(
          "\(path)/status/\(name)", limit: LegacyDirectory.largestFile),
        let value = try? JSONValue(parsing: text),
        let entry = LegacyDirectory.entry(value, fileSlug: String(name.dropLast(5)), "status/\(name)", modifiedAt)
      else {
        scan.unreadable += 1
        continue
      }
      scan.entries.append(entry)
    }
  }

  private func lookForArchives(into scan: inout LegacyScan, liveStore: String?) {
    let archives = path + "/artifacts"
    if let liveStore, let live = LegacyDirectory.identity(liveStore), live == LegacyDirectory.identity(archives) {
      return
    }
    guard let folder = DirectoryReader.open(archives) else { return }
    while let name = folder.next(), !scan.hasArchives {
      if name.first != UInt8(ascii: ".") { scan.hasArchives = true }
    }
  }

  /// Reads one status: the file's name wins over the slug inside, as AppHub reads it.
  private static func entry(
    _ value: JSONValue, fileSlug: String?, _ path: String, _ modifiedAt: Timestamp
  ) -> StatusOnDisk? {
    guard case .object(let object) = value else { return nil }
    func text(_ name: String) -> String? { if case .string(let text)? = object[name] { text } else { nil } }
    guard let slug = (fileSlug ?? text("slug")).flatMap({ Slug($0) }), !slug.text.utf8.contains(0) else {
      return nil
    }
    return StatusOnDisk(
      slug: slug, updatedAt: text("updatedAt").flatMap { Timestamp(iso8601: $0) },
      path: path.utf8.contains(0) ? "" : path, modifiedAt: modifiedAt)
  }

  /// What tells one folder from another, whatever it is called.
  private static func identity(_ path: String) -> [UInt]? {
    var facts = stat()
    return stat(path, &facts) == 0 ? [UInt(facts.st_dev), UInt(facts.st_ino)] : nil
  }
}

/// The text of a status file.
enum LegacyFileText {
  case absent
  /// Not a regular file, too large, or not to be opened.
  case unreadable
  case text([UInt8], modifiedAt: Timestamp)

  /// Reads a file; no link is followed.
  static func read(_ path: String, limit: Int) -> LegacyFileText {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return errno == ENOENT ? .absent : .unreadable }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= limit else {
      return .unreadable
    }
    var bytes: [UInt8] = []
    while bytes.count <= limit {
      let room = max(4096, facts.st_size + 1 - bytes.count)
      let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
      }
      guard !piece.isEmpty else { break }
      bytes += piece
    }
    let modified = Int64(facts.st_mtim.tv_sec) * 1_000_000 + Int64(facts.st_mtim.tv_nsec) / 1000
    return .text(bytes, modifiedAt: Timestamp(microseconds: modified))
  }
}
