package import BundleModel
package import BundleStore

/// What the database said at one moment, found by name.
package struct TruthIndex: Sendable {
  private struct Pair: Hashable {
    var slug: Slug
    var fingerprint: String
  }

  package private(set) var rows: [Slug: BundleStatus]
  package private(set) var active: Set<Slug>
  private var artifacts: [Pair: Artifact]

  package init(_ truth: StoredTruth) {
    rows = Dictionary(truth.statuses.map { ($0.slug, $0) }) { first, _ in first }
    artifacts = Dictionary(truth.artifacts.map { (Pair(slug: $0.slug, fingerprint: $0.fingerprint.text), $0) }) {
      first, _ in first
    }
    active = truth.active
  }

  package func artifact(of slug: Slug, _ fingerprint: Fingerprint) -> Artifact? {
    artifacts[Pair(slug: slug, fingerprint: fingerprint.text)]
  }

  /// What differs between the rows themselves: a completed status without the artifact that it names.
  package var differences: [MigrationDifference] {
    rows.values.compactMap { row in
      guard row.state == .completed, row.artifact == nil else { return nil }
      return MigrationDifference(
        kind: .noArtifact, slug: row.slug, reason: "its row is completed and names no artifact")
    }
  }
}
