internal import BundleModel
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
  /// The fields that files hold.
  private let filedNames: Set<String>
  private lazy var before = round.before.rows() ?? [:]
  private lazy var after = round.after.checksum == round.before.checksum ? before : round.after.rows() ?? [:]

  init(_ round: LensRound, filedNames: Set<String>) {
    self.round = round
    self.filedNames = filedNames
  }

  /// Compares the rows of a list that was read on one of the sides: of a directory only what files hold.
  mutating func compare(_ rows: [String: JSONObject], readFrom side: ReadSide) -> Comparison {
    var found = Comparison()
    let names = side == .directory ? filedNames : nil
    for slug in Set(rows.keys).union(before.keys).union(after.keys) {
      let (row, old, new) = (rows[slug], before[slug], after[slug])
      if !Self.equal(old, new, names) {
        found.unsettled.insert(slug)
        if !Self.equal(row, old, names) && !Self.equal(row, new, names) { found.odd.append(slug) }
      } else if !Self.equal(row, old, names) {
        found.wrong.append(slug)
      }
    }
    // Other bytes of the same rows: another order, for example. Files know milliseconds, so their order is their own.
    if found.wrong.isEmpty, found.unsettled.isEmpty, side == .database { found.wrong = [""] }
    found.wrong.sort()
    found.odd.sort()
    return found
  }

  /// Whether two rows are the same in these fields, or in all.
  private static func equal(_ a: JSONObject?, _ b: JSONObject?, _ names: Set<String>?) -> Bool {
    guard let names, let a, let b else { return a == b }
    return names.allSatisfy { a[$0] == b[$0] }
  }

  /// What is different about a slug that `compare` named.
  mutating func difference(_ slug: String, _ rows: [String: JSONObject], readFrom side: ReadSide) -> RowDifference {
    guard !slug.isEmpty else { return RowDifference() }
    return RowDifference(
      slug: slug, served: rows[slug], held: after[slug], only: side == .directory ? filedNames : nil)
  }
}
