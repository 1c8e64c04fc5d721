package import BundleModel

/// Where a link shall work.
package enum LinkNetwork: String, Sendable {
  /// For everybody: signed for the public endpoint.
  case outside = "public"
  /// For programs beside the pods: signed for the endpoint that programs talk to.
  case inside = "internal"
}

/// What a signed link is asked for.
package struct LinkRequest: Sendable {
  package var slug: Slug
  package var fingerprint: Fingerprint
  /// The exact key of the row.
  package var key: String
  /// What the browser shall call it; nil takes the last part of the key.
  package var filename: String?
  /// Nil is `application/gzip`.
  package var contentType: String?
  /// Nil takes the store's default.
  package var lifetime: Duration?
  package var network: LinkNetwork

  package init(
    slug: Slug, fingerprint: Fingerprint, key: String, filename: String? = nil, contentType: String? = nil,
    lifetime: Duration? = nil, network: LinkNetwork = .outside
  ) {
    self.slug = slug
    self.fingerprint = fingerprint
    self.key = key
    self.filename = filename
    self.contentType = contentType
    self.lifetime = lifetime
    self.network = network
  }

  /// For an artifact row.
  package init(_ artifact: Artifact, lifetime: Duration? = nil, network: LinkNetwork = .outside) {
    self.init(
      slug: artifact.slug, fingerprint: artifact.fingerprint, key: artifact.storageKey, filename: artifact.filename,
      contentType: artifact.contentType, lifetime: lifetime, network: network)
  }
}

/// A link that fetches one object without credentials until it expires.
package struct SignedLink: Sendable {
  /// Absolute for S3; the path and query of the pod's download route for a directory.
  package let url: Secret<String>
  package let expiresAt: Timestamp

  package init(url: Secret<String>, expiresAt: Timestamp) {
    self.url = url
    self.expiresAt = expiresAt
  }
}

/// How long signed links may live.
package enum LinkLifetime {
  package static let standard = Duration.seconds(300)
  package static let shortest = Duration.seconds(1)
  package static let longest = Duration.seconds(900)

  /// A lifetime in whole seconds, within the limits.
  ///
  /// - Throws: `.invalid` when it is shorter or longer than allowed: the caller said it on purpose.
  static func seconds(_ wanted: Duration) throws(StorageError) -> Int64 {
    guard wanted >= shortest, wanted <= longest else {
      throw StorageError(.invalid, "a signed link lives 1 s to 900 s, not \(wanted.components.seconds) s")
    }
    return wanted.components.seconds
  }
}
