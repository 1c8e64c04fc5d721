internal import BundleModel
internal import JSON
internal import ProcessControl
internal import Wire

/// Prints events, one line each.
struct EventPrinter: Sendable {
  /// Empty for all.
  let wanted: Set<Slug>
  let json: Bool
  let publicURL: String?

  func print(_ event: BundleEvent) {
    switch event.kind {
    case .progress(let status):
      guard isWanted(status.slug) else { return }
      write(
        event, "example.bundle.progress", text: ChangeLine.text(status)
      ) { WireStatus(status, publicURL: publicURL).write(to: &$0) }
    case .removed(let slug):
      guard isWanted(slug) else { return }
      write(event, "example.bundle.removed", text: "\(event.at.iso8601) \(UntrustedText.line(slug.text)) removed") {
        $0.object { json in
          json.name("slug")
          json.string(slug.text)
        }
      }
    case .resync:
      write(event, "example.bundle.resync", text: "\(event.at.iso8601) all statuses were removed at once") {
        $0.object { _ in }
      }
    }
  }

  /// Says that events were missed, which nobody knows any more.
  func printLoss(at position: EventPosition) {
    let event = BundleEvent(position: position, kind: .resync, at: ThisProcess.now())
    write(
      event, "example.bundle.resync", text: "\(event.at.iso8601) events were missed that are not known any more"
    ) { $0.object { _ in } }
  }

  private func isWanted(_ slug: Slug) -> Bool { wanted.isEmpty || wanted.contains(slug) }

  private func write(
    _ event: BundleEvent, _ name: String, text: String, _ data: (inout JSONWriter) -> Void
  ) {
    guard json else { return writeLine(text) }
    var json = JSONWriter(.line, reservingCapacity: 1024)
    json.object { json in
      json.name("at")
      json.string(event.at)
      json.name("data")
      data(&json)
      json.name("event")
      json.string(name)
      json.name("id")
      json.string(event.position.text)
    }
    writeLine(json.text)
  }
}
