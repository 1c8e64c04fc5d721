internal import JSON

/// The rows of the database in one round; parsed only when some pod serves other bytes.
struct HeldRows {
  /// How a pod's rows compare with them.
  struct Comparison: Equatable {
    /// Slugs of which the database said the same before and after, and the pod something else; the empty slug stands
    /// for the list as a whole. In order.
    var wrong: [String] = []
    /// Slugs that changed between the two looks, and of which the pod said something third. In order.
    var odd: [String] = []
    /// Slugs that changed between the two looks.
    var unsettled: Set<String> = []
  }

  private let round: LensRound
  private lazy var before = round.before.rows() ?? [:]
  private lazy var after = round.after.checksum == round.before.checksum ? before : round.after.rows() ?? [:]

  init(_ round: LensRound) { self.round = round }

  mutating func compare(_ rows: [String: JSONObject]) -> Comparison {
    var found = Comparison()
    for slug in Set(rows.keys).union(before.keys).union(after.keys) {
      if before[slug] != after[slug] {
        found.unsettled.insert(slug)
        if rows[slug] != before[slug] && rows[slug] != after[slug] { found.odd.append(slug) }
      } else if rows[slug] != before[slug] {
        found.wrong.append(slug)
      }
    }
    // Other bytes of the same rows: another order, for example.
    if found.wrong.isEmpty, found.unsettled.isEmpty { found.wrong = [""] }
    found.wrong.sort()
    found.odd.sort()
    return found
  }

  /// What is different about a slug that `compare` named.
  mutating func difference(_ slug: String, _ rows: [String: JSONObject]) -> RowDifference {
    guard !slug.isEmpty else { return RowDifference() }
    return RowDifference(slug: slug, served: rows[slug], held: after[slug])
  }
}
