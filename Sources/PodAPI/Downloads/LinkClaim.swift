internal import ArtifactStorage
internal import BundleModel

/// What a request says of the signed link that it came by: AppHub's `expires`, `token` and `filename`.
struct LinkClaim: Sendable {
  /// Milliseconds since 1970.
  let expires: Int64
  let token: Secret<String>
  /// What a browser shall call the file.
  let filename: String?

  /// Nil when the request does not come by a link.
  init?(_ query: QueryItems) throws(APIError) {
    guard query["expires"] != nil || query["token"] != nil else { return nil }
    var missing = FlattenedError()
    for name in ["expires", "token"] where query[name] == nil { missing.add(name, "Required") }
    guard let expires = query["expires"], let token = query["token"], missing.isEmpty else {
      throw .invalid(missing)
    }
    guard expires.utf8.allSatisfy({ (48...57).contains($0) }), let moment = Int64(expires) else {
      throw .badRequest("invalid expires value")
    }
    self.expires = moment
    self.token = Secret(token)
    filename = query["filename"]
  }

  /// Throws unless the link was signed by a pod for this artifact, and has not expired.
  func check(_ artifact: Artifact, _ tokens: LocalDownloadToken?, now: Timestamp) throws(APIError) {
    guard artifact.storageKind == .local else {
      throw .badRequest("only local storage bundles can be downloaded via this endpoint")
    }
    let link = LocalLink(
      slug: artifact.slug, fingerprint: artifact.fingerprint, key: artifact.storageKey,
      expiresMilliseconds: expires,
      filename: filename)
    guard let tokens, tokens.verdict(token.reveal(), link, now: now) != .refused else {
      throw APIError(403, "invalid or expired download token")
    }
  }
}
