package import BundleModel

/// How the dashboard hears from the database.
package enum ConnectionState: Equatable, Sendable {
  /// No answer yet since the start.
  case connecting
  /// Changes are pushed; the latency is that of the doorbell, when it was measured.
  case live(latency: Duration?)
  /// Changes are asked for.
  case polling
  /// Connected, but the feed has not answered since then.
  case blind(since: Timestamp)
  /// No connection. What is on the screen is as of `since`, the last moment at which the database answered.
  case lost(since: Timestamp, nextTry: Timestamp?, reason: String)
}

/// Whether archives can be reached.
package enum StorageState: Equatable, Sendable {
  /// Not asked yet.
  case unknown
  case reachable
  case unreachable(since: Timestamp, reason: String)
  case notConfigured
}

/// Everything that is known of one bundle, read for the detail pane.
package struct BundleDetail: Equatable, Sendable {
  package var status: BundleStatus
  /// Of all jobs of the slug that are still known, in any order.
  package var attempts: [Attempt]
  /// After how many attempts the current job gives up.
  package var maxAttempts: Int?
  /// The newest artifact of the slug, whatever the state of its row.
  package var lastArtifact: Artifact?
  /// What the last look at that artifact found wrong.
  package var damage: String?

  package init(
    status: BundleStatus, attempts: [Attempt] = [], maxAttempts: Int? = nil, lastArtifact: Artifact? = nil,
    damage: String? = nil
  ) {
    self.status = status
    self.attempts = attempts
    self.maxAttempts = maxAttempts
    self.lastArtifact = lastArtifact
    self.damage = damage
  }
}

/// How an action ended.
package struct ActionResult: Equatable, Sendable {
  package enum Kind: Hashable, Sendable { case retry, force, sign }
  package enum Outcome: Equatable, Sendable {
    /// What was done, in words: "queued, attempt 4".
    case done(String)
    /// Nothing was done, and why: "it is running by now".
    case refused(String)
    /// It could not be tried or its end is not known.
    case failed(String)
  }

  package var slug: Slug
  package var kind: Kind
  package var outcome: Outcome

  package init(slug: Slug, kind: Kind, outcome: Outcome) {
    self.slug = slug
    self.kind = kind
    self.outcome = outcome
  }
}

/// A short-lived link to one artifact.
package struct SignedLink: Sendable {
  package var slug: Slug
  package var version: String?
  /// Bytes.
  package var size: Int64?
  package var url: Secret<String>
  package var signedAt: Timestamp
  package var expiresAt: Timestamp

  package init(
    slug: Slug, version: String? = nil, size: Int64? = nil, url: Secret<String>, signedAt: Timestamp,
    expiresAt: Timestamp
  ) {
    self.slug = slug
    self.version = version
    self.size = size
    self.url = url
    self.signedAt = signedAt
    self.expiresAt = expiresAt
  }
}

/// Which way a copied text went.
package enum CopyRoute: Equatable, Sendable {
  case tmuxBuffer
  /// The terminal was asked (OSC 52); it does not say whether it agreed.
  case terminal
  case file(path: String)
  case failed(reason: String)
}
