internal import BundleModel
internal import LegacyStore

/// What a directory holds, in a few bytes a bundle.
struct HeldStatuses: Sendable {
  /// Of each file under its bundle's own name: what tells its status from another.
  private var marks: [Slug: Int] = [:]
  /// Of each bundle that has a status in another place than its own file: when the newest of them is from.
  private(set) var elsewhere: [Slug: Timestamp] = [:]

  /// Reads it. Blocks.
  init(of directory: LegacyDirectory) throws(LegacyError) {
    do {
      try directory.read { item in
        guard case .entry(let entry) = item else { return }
        let slug = entry.status.slug
        if entry.file.path == "status/\(slug.text).json" {
          marks[slug] = entry.status.mark
        } else {
          elsewhere[slug] = max(elsewhere[slug] ?? entry.status.updatedAt, entry.status.updatedAt)
        }
      }
    } catch let error as LegacyError {
      throw error
    } catch {
      throw LegacyError(.file, "the legacy directory \(directory.path) cannot be read")
    }
  }

  /// The bundles of which there is a status.
  var slugs: Set<Slug> { Set(marks.keys).union(elsewhere.keys) }

  /// Whether a bundle's file says just this, and nothing newer is elsewhere.
  func holds(_ status: LegacyStatus) -> Bool {
    guard marks[status.slug] == status.mark else { return false }
    return elsewhere[status.slug].map { $0 <= status.updatedAt } ?? true
  }
}

extension LegacyStatus {
  /// Equal for equal statuses and, as far as 64 bits tell, for no others of this process.
  fileprivate var mark: Int {
    var hasher = Hasher()
    hasher.combine(slug)
    hasher.combine(fingerprint)
    hasher.combine(stage)
    hasher.combine(state)
    hasher.combine(createdAt)
    hasher.combine(updatedAt)
    hasher.combine(jobID)
    hasher.combine(version)
    hasher.combine(checksum)
    hasher.combine(filename)
    hasher.combine(cached)
    hasher.combine(error)
    hasher.combine(message)
    return hasher.finalize()
  }
}
