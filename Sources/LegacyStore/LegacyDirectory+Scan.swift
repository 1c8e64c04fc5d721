internal import BundleModel
internal import Glibc

extension LegacyDirectory {
  /// Reads the statuses, at most `limit`. Blocks on the file system; nil when the folder is not there.
  ///
  /// - Parameter liveStore: the folder in which archives are kept now: no leftover, wherever it lies.
  package func scan(limit: Int = 2000, liveStore: String? = nil) -> LegacyScan? {
    var scan = LegacyScan()
    do {
      try read { item in
        guard scan.entries.count + scan.unreadable < limit else {
          scan.isCut = true
          throw Enough()
        }
        switch item {
        case .entry(let entry): scan.entries.append(StatusOnDisk(entry))
        // The folder of statuses is none: what it should hold is not known.
        case .defect(let defect) where defect.path == LegacyName.statuses: scan.isReadable = false
        case .defect: scan.unreadable += 1
        }
      }
    } catch is Enough {
      // What was read counts.
    } catch let error as LegacyError {
      if error.kind == .missing || !LegacyDirectory.isFolder(path) { return nil }
      scan.isReadable = false
      return scan
    } catch {
      scan.isReadable = false
      return scan
    }
    scan.hasArchives = hasArchives(liveStore: liveStore)
    return scan
  }

  /// More would be too many.
  private struct Enough: Error {}

  private func hasArchives(liveStore: String?) -> Bool {
    if let liveStore, let live = LegacyDirectory.identity(liveStore),
      live == LegacyDirectory.identity("\(path)/\(LegacyName.archives)")
    {
      return false
    }
    guard let folder = try? LegacyFolder.open(path, [LegacyName.archives]), let names = try? folder.names() else {
      return false
    }
    return names.contains { $0.first != UInt8(ascii: ".") }
  }

  private static func isFolder(_ path: String) -> Bool {
    var facts = stat()
    // One that nobody may look at is there for all we know.
    return stat(path, &facts) != 0 || facts.st_mode & S_IFMT == S_IFDIR
  }

  /// What tells one folder from another, whatever it is called.
  private static func identity(_ path: String) -> [UInt]? {
    var facts = stat()
    return stat(path, &facts) == 0 ? [UInt(facts.st_dev), UInt(facts.st_ino)] : nil
  }
}

extension StatusOnDisk {
  /// As much of an entry as tells whether the database knows it.
  package init(_ entry: LegacyEntry) {
    self.init(
      slug: entry.status.slug, updatedAt: entry.status.updatedAt, path: entry.file.path,
      modifiedAt: entry.file.modifiedAt)
  }
}
