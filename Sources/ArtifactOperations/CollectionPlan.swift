internal import ArtifactStorage
internal import BundleModel
package import BundleStore

/// What is to become of everything in the object store that nobody names. A value: what was seen goes in, what is to
/// be done comes out.
package struct CollectionPlan: Sendable {
  package enum Verdict: Equatable, Sendable {
    /// Found for the first time, or written since it was marked.
    case fresh
    /// Marked, but not for long enough.
    case waiting(LeftoverMark)
    /// Marked long enough ago and as it was then.
    case due(LeftoverMark)
  }

  package struct Item: Equatable, Sendable {
    package var leftover: Leftover
    package var verdict: Verdict

    package init(leftover: Leftover, verdict: Verdict) {
      self.leftover = leftover
      self.verdict = verdict
    }
  }

  /// By key; objects before uploads.
  package let items: [Item]
  /// Marks of what is named again or gone.
  let obsolete: [Leftover]
  /// How many objects look like archives, named or not.
  package let archives: Int
  /// How many keys below our prefix the rows name, and how many of them are there.
  let named: (known: Int, found: Int)

  /// - Parameters:
  ///   - prefix: the store's.
  ///   - named: what the rows name, read after the listing: what was published meanwhile is among it.
  init(
    objects: [StoredObject], uploads: [Leftover], named: Set<String>, marks: [LeftoverMark], prefix: String
  ) {
    let archives = objects.filter { ArtifactKey.isArchive($0.key, below: prefix) }
    let start = prefix.isEmpty ? "" : prefix + "/"
    let marked = Dictionary(marks.map { (Place($0.leftover), $0) }) { first, _ in first }
    let leftovers =
      archives.filter { !named.contains($0.key) }.compactMap { object in
        // Without a time nobody could tell whether it was written again.
        object.lastModified.map { Leftover(key: object.key, size: object.size, writtenAt: $0) }
      } + uploads.filter { ArtifactKey.isArchive($0.key, below: prefix) }
    items = leftovers.map { leftover in
      guard let mark = marked[Place(leftover)], mark.leftover == leftover else {
        return Item(leftover: leftover, verdict: .fresh)
      }
      return Item(leftover: leftover, verdict: mark.isDue ? .due(mark) : .waiting(mark))
    }
    let present = Set(leftovers.map(Place.init))
    obsolete = marks.map(\.leftover).filter { !present.contains(Place($0)) }
    self.archives = archives.count
    let listed = Set(objects.map(\.key))
    let ours = named.filter { $0.utf8.starts(with: start.utf8) }
    self.named = (ours.count, ours.count { listed.contains($0) })
  }

  package var due: [LeftoverMark] {
    items.compactMap { if case .due(let mark) = $0.verdict { mark } else { nil } }
  }

  /// Why this cannot be the store of this database, in one line; nil when it may be.
  var mismatch: String? {
    guard named.known > 0, named.found == 0 else { return nil }
    return "the database names \(named.known) objects here and the store has none of them"
  }

  /// True when more than half of all archives would go.
  package var takesMost: Bool { due.count { $0.leftover.upload == nil } * 2 > archives }

  private struct Place: Hashable {
    var key: String
    var upload: String?

    init(_ leftover: Leftover) {
      key = leftover.key
      upload = leftover.upload
    }
  }
}
