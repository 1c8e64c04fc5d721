internal import ArtifactOperations
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import JSON
internal import Logging
internal import Persistence
internal import Wire

/// Makes of events what clients get.
struct EventEncoder: Sendable {
  /// Scheme, host and port of the download links; nil: they are relative.
  let linkBase: String?
  /// Makes a link to the object itself; nil: links lead to the pods' route.
  var sign: (@Sendable (Artifact) async -> SignedLink?)?
  /// What is known of a bundle whose row went, by a pod that keeps bundles in files: a row there lasts as long as a job.
  var keeps: (@Sendable (Slug) async -> BundleStatus?)?

  /// The lines of events.
  func encode(_ events: [BundleEvent]) async -> [EncodedEvent] {
    var encoded: [EncodedEvent] = []
    encoded.reserveCapacity(events.count)
    for event in events { encoded.append(await encode(event)) }
    return encoded
  }

  private func encode(_ event: BundleEvent) async -> EncodedEvent {
    switch event.kind {
    case .progress(let status): return await progress(status, event.position)
    case .removed(let slug):
      if let kept = await keeps?(slug) { return await progress(kept, event.position) }
      var json = JSONWriter(.line)
      json.object { json in
        json.name("at")
        json.string(event.at)
        json.member("slug", slug.text)
      }
      return Self.encoded(EventNames.removed, event.position, json)
    case .resync: return Self.resync(at: event.position, reason: "all statuses were removed at once")
    }
  }

  private func progress(_ status: BundleStatus, _ position: EventPosition) async -> EncodedEvent {
    var link: SignedLink?
    if let sign, let artifact = status.artifact { link = await sign(artifact) }
    var json = JSONWriter(.line, reservingCapacity: 1024)
    WireStatus(status, publicURL: linkBase, link: link.map { ($0.url.reveal(), $0.expiresAt) }).write(to: &json)
    return Self.encoded(EventNames.progress, position, json)
  }

  /// Says that whoever keeps statuses has to read the list again; what comes next follows this position.
  static func resync(at position: EventPosition, reason: String) -> EncodedEvent {
    var json = JSONWriter(.line)
    json.object { $0.member("reason", reason) }
    return encoded(EventNames.resync, position, json)
  }

  private static func encoded(_ name: String, _ position: EventPosition, _ json: JSONWriter) -> EncodedEvent {
    EncodedEvent(position: position, bytes: ServerSentEvent.event(name, id: position, data: json.bytes))
  }
}

extension EventEncoder {
  /// With the links that the settings want. Signed ones are recorded; an event whose link cannot be made has the route.
  init(_ settings: PodAPISettings, reads: PodReads, artifacts: any ArtifactStore, log: Logger) {
    let store = reads.store
    defer { keeps = reads.kept }
    switch settings.eventLinks {
    case .route: self.init(linkBase: settings.publicURL)
    case .internalRoute(let base): self.init(linkBase: base)
    case .signed:
      let signer = LinkSigner(store: store, artifacts: artifacts, who: "events of pod \(settings.pod)")
      self.init(linkBase: settings.publicURL) { artifact in
        do {
          let link = try await signer.sign(artifact, lifetime: nil)
          // A directory's links are paths of the pods.
          guard link.url.reveal().hasPrefix("/"), let base = settings.publicURL else { return link }
          return SignedLink(url: Secret(base + link.url.reveal()), expiresAt: link.expiresAt)
        } catch {
          log.warning(
            "an event has no signed link", metadata: ["bundle": "\(artifact.slug)", "error": "\(error)"])
          return nil
        }
      }
    }
  }
}
