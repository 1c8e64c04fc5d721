internal import ArtifactOperations
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Logging
internal import Persistence

/// One request for an archive. The artifact row alone decides, or the file where files are read; what the bundle does
/// right now plays no part.
struct Download: Sendable {
  /// How the archive is handed out.
  enum Way: Equatable, Sendable {
    /// This pod sends the bytes.
    case stream
    /// By a link to the store, signed now.
    case link(LinkNetwork)
  }

  private let request: APIRequest
  private let services: PodServices

  init(_ request: APIRequest, _ services: PodServices) {
    self.request = request
    self.services = services
  }

  /// The answer for the artifact of a slug and a fingerprint.
  func answer(slug: String, fingerprint: String) async throws -> APIAnswer {
    let claim = try LinkClaim(request.query)
    let caller = claim == nil ? try request.require(.read) : nil
    guard let slug = Slug(slug), let fingerprint = Fingerprint(fingerprint),
      let source = try await services.reads.archive(of: slug, fingerprint: fingerprint)
    else { throw APIError.notFound("example bundle status not found") }
    let artifact = source.artifact
    if let claim {
      do throws(APIError) {
        try claim.check(artifact, services.artifacts.routeTokens, now: services.now())
      } catch {
        let isExpired = claim.expires <= services.now().microseconds / 1000
        services.metrics.refusedSignedURL(isExpired ? .expired : .invalid)
        throw error
      }
    }
    do {
      let reader = try await reader(source)
      if source.file == nil, let caller, case .link(let network) = way(asked: request.query["via"]) {
        let signer = LinkSigner(store: services.store, artifacts: services.artifacts, who: caller.name)
        let link = try await signer.sign(artifact, lifetime: nil, network: network)
        services.metrics.issuedSignedURL(artifact.storageKind)
        return .redirect(to: link.url.reveal())
      }
      return try await stream(reader, filename: claim?.filename ?? artifact.filename)
    } catch let error as StorageError {
      throw failure(error.kind, error)
    } catch let error as ArtifactOperationError {
      throw failure(.file, error)
    }
  }

  /// A file of the pod's directory is found by its path there, whatever its key in a store would be.
  private func reader(_ source: ArchiveSource) async throws -> ArtifactReader {
    guard let file = source.file else { return try await ArtifactReader(source.artifact, in: services.artifacts) }
    var artifact = source.artifact
    artifact.storageKey = file.path
    return try await ArtifactReader(artifact, in: file.store)
  }

  /// What `via` asks for; by default what suits the name by which the caller knows this pod.
  func way(asked: String?) -> Way {
    // A link to HEAD's answer would be one that only GET opens; and a directory's links lead here anyway.
    guard request.method != .head, services.artifacts.routeTokens == nil else { return .stream }
    if asked == "stream" { return .stream }
    return .link(asked.flatMap(LinkNetwork.init) ?? (isFromInside ? .inside : .outside))
  }

  private var isFromInside: Bool {
    guard let host = request.headers["host"]?.lowercased() else { return false }
    let hosts = services.settings.internalHosts
    if hosts.contains(host) { return true }
    guard let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") else { return false }
    return hosts.contains(String(host[..<colon]))
  }

  private func stream(_ reader: ArtifactReader, filename: String?) async throws -> APIAnswer {
    let artifact = reader.artifact
    let tag = Checksum(hex: artifact.checksum).map(EntityTag.init)
    var headers: HeaderFields = [
      "accept-ranges": "bytes", "content-type": contentType(artifact),
      "content-disposition": ContentDisposition.attachment(
        filename?.nonBlank ?? ArtifactKey.filename(nil, slug: artifact.slug, fingerprint: artifact.fingerprint)),
    ]
    if let tag { headers["etag"] = tag.text }
    if tag?.isListed(in: request.headers["if-none-match"]) == true {
      headers["content-type"] = nil
      return APIAnswer(304, headers: headers)
    }
    switch part(of: reader.size, tag) {
    case .whole:
      return APIAnswer(200, headers: headers, body: try await body(reader, 0..<reader.size))
    case .part(let range):
      headers["content-range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(reader.size)"
      return APIAnswer(206, headers: headers, body: try await body(reader, range))
    case .unsatisfiable:
      throw APIError(
        416, "the archive has \(reader.size) bytes", headers: ["content-range": "bytes */\(reader.size)"])
    }
  }

  /// Ranges are GET's alone (RFC 9110 section 14.2).
  private func part(of size: Int64, _ tag: EntityTag?) -> ByteRange {
    guard request.method == .get,
      tag?.allowsPart(request.headers["if-range"]) ?? (request.headers["if-range"] == nil)
    else { return .whole }
    return ByteRange(request.headers["range"], of: size)
  }

  private func body(_ reader: ArtifactReader, _ range: Range<Int64>) async throws -> APIAnswer.Body {
    let length = Int64(range.count)
    // Nobody reads it.
    guard request.method != .head else { return .stream(length: length) { _ in } }
    let opened = try await reader.open(range)
    return .stream(length: length) { [services, request] sink in
      do {
        try await opened.send { try await sink.write($0) }
      } catch let error as StorageError {
        // The connection ends short of the length that was announced, so that nobody takes this for the archive.
        services.log.error("a download broke off", metadata: ["request": "\(request.id)", "error": "\(error)"])
        throw error
      }
    }
  }

  private func contentType(_ artifact: Artifact) -> String {
    guard let type = artifact.contentType?.nonBlank, type.utf8.count <= 200,
      type.utf8.allSatisfy({ (32..<127).contains($0) }), type.contains("/")
    else { return "application/octet-stream" }
    return type
  }

  /// What a caller is told, in AppHub's words; the log has the cause.
  private func failure(_ kind: StorageError.Kind, _ error: any Error) -> any Error {
    switch kind {
    case .unavailable, .timeout, .cancelled: return error
    case .missing, .conflict, .integrity, .denied, .invalid, .configuration, .file:
      services.log.error(
        "an archive cannot be served", metadata: ["request": "\(request.id)", "error": "\(error)"])
      return kind == .missing
        ? APIError.notFound("example bundle artifact not found")
        : APIError(502, "failed to stream example bundle artifact")
    }
  }
}
