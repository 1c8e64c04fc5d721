internal import ArtifactOperations
internal import BundleModel
internal import BundleStore

/// What `bundletop gc` says: a table for people, an object for scripts.
struct CollectionReport: Encodable {
  struct Item: Encodable {
    /// `artifact` (a row), `object` or `upload`.
    var kind: String
    var key: String
    @Nullable var slug: String?
    @Nullable var fingerprint: String?
    /// Bytes; null for an upload.
    @Nullable var size: Int64?
    /// When the artifact was uploaded, the object last written, the upload begun.
    var writtenAt: String
    @Nullable var markedAt: String?
    /// What was done, or would be with `--apply`: retire, mark, wait, delete, keep.
    var action: String
    /// Why something that was to be deleted was kept.
    @Nullable var reason: String?
  }

  var store: String
  var applied: Bool
  /// Objects that look like archives, named or not.
  var archives: Int
  var items: [Item]
  var retired: Int
  var marked: Int
  var waiting: Int
  var deleted: Int
  /// Of the deleted objects.
  var bytes: Int64

  /// What would be done; what was, when `done` tells.
  init(_ findings: Collector.Findings, store: String, done: Collector.Done?) {
    let rows = (done?.retired ?? findings.retirable).map { artifact in
      var item = Item(
        kind: "artifact", key: artifact.storageKey, writtenAt: artifact.uploadedAt.iso8601, action: "retire")
      item.slug = artifact.slug.text
      item.fingerprint = artifact.fingerprint.text
      item.size = artifact.size
      return item
    }
    var reasons: [Leftover: Deletion] = [:]
    for (leftover, why) in done?.kept ?? [] { reasons[leftover] = why }
    let seen = Set(findings.plan.items.map(\.leftover))
    let late = (done?.marked ?? []).filter { !seen.contains($0) }
      .map { CollectionPlan.Item(leftover: $0, verdict: .fresh) }
    let leftovers = (findings.plan.items + late).map { found in
      var item = Item(
        kind: found.leftover.upload == nil ? "object" : "upload", key: found.leftover.key,
        writtenAt: found.leftover.writtenAt.iso8601, action: "mark")
      item.size = found.leftover.upload == nil ? found.leftover.size : nil
      switch found.verdict {
      case .fresh: break
      case .waiting(let mark):
        item.action = "wait"
        item.markedAt = mark.markedAt.iso8601
      case .due(let mark):
        item.action = reasons[found.leftover] == nil ? "delete" : "keep"
        item.markedAt = mark.markedAt.iso8601
        item.reason = reasons[found.leftover]?.rawValue
      }
      return item
    }
    self.store = store
    applied = done != nil
    archives = findings.plan.archives
    items = rows + leftovers
    retired = rows.count
    marked = leftovers.count { $0.action == "mark" }
    waiting = leftovers.count { $0.action == "wait" }
    deleted = leftovers.count { $0.action == "delete" }
    bytes = leftovers.filter { $0.action == "delete" }.reduce(0) { $0 + ($1.size ?? 0) }
  }

  /// For people.
  var text: String {
    var lines: [String] = []
    if !items.isEmpty {
      var table = TextTable([
        ("WHAT", .left), ("ACTION", .left), ("SIZE", .right), ("WRITTEN", .left), ("MARKED", .left), ("KEY", .left),
      ])
      for item in items {
        table.add([
          item.kind, item.action + (item.reason.map { " (\($0))" } ?? ""), item.size.map(HumanText.size) ?? "-",
          item.writtenAt, item.markedAt ?? "-", item.key,
        ])
      }
      lines.append(table.text)
    }
    let counts =
      "\(retired) to retire, \(marked) to mark, \(waiting) marked and waiting, \(deleted) to delete "
      + "(\(HumanText.size(bytes)))"
    lines.append(
      applied
        ? "\(retired) retired, \(marked) marked, \(waiting) marked before and waiting, \(deleted) deleted "
          + "(\(HumanText.size(bytes)))"
        : items.isEmpty ? "nothing to do" : counts + "; nothing was done without --apply")
    return lines.joined(separator: "\n")
  }
}
