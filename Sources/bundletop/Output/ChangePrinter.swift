internal import BundleModel
internal import BundleStore
internal import JSON
internal import ProcessControl
internal import Synchronization
internal import Wire

/// Prints what the feed brings; of a resync only what differs from what was printed.
final class ChangePrinter: Sendable {
  private let wanted: Set<Slug>
  private let json: Bool
  private let publicURL: String?
  private let known = Mutex<[Slug: BundleStatus]>([:])

  /// - Parameter wanted: empty for all.
  init(wanted: Set<Slug>, json: Bool, publicURL: String?) {
    self.wanted = wanted
    self.json = json
    self.publicURL = publicURL
  }

  func take(_ event: FeedEvent) {
    switch event {
    case .resync(let statuses):
      let present = Set(statuses.map(\.slug))
      let gone = known.withLock { known in known.keys.filter { !present.contains($0) } }
      change(statuses.sorted { ($0.updatedAt, $0.slug) < ($1.updatedAt, $1.slug) }, removed: gone)
    case .changes(let upserts, let removed): change(upserts, removed: removed)
    case .unreachable(let error, let retryIn):
      writeLine(
        "bundletop: \(error.message); next try in \(HumanText.duration(retryIn))", to: .errors)
    case .current, .crew, .freshness: break
    }
  }

  private func change(_ upserts: [BundleStatus], removed: [Slug]) {
    for status in upserts where wanted.isEmpty || wanted.contains(status.slug) {
      let before = known.withLock { $0.updateValue(status, forKey: status.slug) }
      guard before != status else { continue }
      if json {
        writeJSONLine { WireStatus(status, publicURL: publicURL).write(to: &$0) }
      } else if before.map(ChangeLine.text) != ChangeLine.text(status) {
        // What was only looked at again, and is as it was, is no news to a person.
        writeLine(ChangeLine.text(status))
      }
    }
    for slug in removed where known.withLock({ $0.removeValue(forKey: slug) }) != nil {
      if json {
        writeJSONLine { json in
          json.object { json in
            json.name("removed")
            json.bool(true)
            json.name("slug")
            json.string(slug.text)
          }
        }
      } else {
        writeLine("\(ThisProcess.now().iso8601) \(UntrustedText.line(slug.text)) removed")
      }
    }
  }
}

/// Prints one JSON document on one line.
private func writeJSONLine(_ write: (inout JSONWriter) -> Void) {
  var json = JSONWriter(.line)
  write(&json)
  writeLine(json.text)
}

/// A status on one line.
enum ChangeLine {
  static func text(_ status: BundleStatus) -> String {
    var words = [status.updatedAt.iso8601, status.slug.text, status.state.rawValue, status.stage.rawValue]
    if let pod = status.pod { words.append("on \(pod)") }
    if let attempt = status.attempt, attempt > 1 { words.append("attempt \(attempt)") }
    if let done = status.bytesDone, let total = status.bytesTotal, total > 0, status.state == .running {
      words.append("\(done * 100 / total) %")
    }
    if let found = status.artifact?.verification, found.isBad { words.append("\(found.rawValue): \(found.words)") }
    if let text = status.error ?? status.message { words.append("- \(text)") }
    return UntrustedText.line(words.joined(separator: " "), limit: 400)
  }
}
