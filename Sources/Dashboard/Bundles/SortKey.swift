internal import BundleModel

/// What the table is sorted by; the slug is the second key everywhere, so that rows do not jump.
enum SortKey: CaseIterable, Sendable {
  /// Trouble first: failed, damaged in the store, running, queued, completed.
  case state
  case slug
  /// What changed last comes first.
  case age
  /// The largest first.
  case size
  /// The most attempts first.
  case attempt

  /// The next one in the cycle.
  var next: SortKey {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }

  /// The name as the notice says it.
  var title: String {
    switch self {
    case .state: "state, trouble first"
    case .slug: "slug"
    case .age: "age, newest first"
    case .size: "size, largest first"
    case .attempt: "attempts, most first"
    }
  }

  /// The first key of a row: smaller comes first.
  func value(of row: BundleRow) -> Int64 {
    switch self {
    case .state: row.damage != nil ? 1 : 2 * row.state.trouble
    case .slug: 0
    case .age: -row.since.microseconds
    case .size: -row.size
    case .attempt: -Int64(row.attempt)
    }
  }

  /// Whether `a` stands above `b`.
  func precedes(_ a: BundleRow, _ b: BundleRow) -> Bool {
    let first = value(of: a)
    let second = value(of: b)
    return first != second ? first < second : a.slug.precedes(b.slug)
  }
}

extension BundleState {
  /// How much a person wants to see it: the smaller, the more.
  var trouble: Int64 {
    switch self {
    case .failed: 0
    case .running: 1
    case .queued: 2
    case .completed: 3
    }
  }

  /// All states, trouble first.
  static let byTrouble: [BundleState] = allCases.sorted { $0.trouble < $1.trouble }
}

extension Slug {
  /// `<` by bytes like the model's, over contiguous bytes: sorting 100,000 slugs spends its time here.
  func precedes(_ other: Slug) -> Bool {
    let answer = text.utf8.withContiguousStorageIfAvailable { a in
      other.text.utf8.withContiguousStorageIfAvailable { b in
        let shared = min(a.count, b.count)
        var place = 0
        while place < shared {
          if a[place] != b[place] { return a[place] < b[place] }
          place += 1
        }
        return a.count < b.count
      }
    }
    return (answer ?? nil) ?? (self < other)
  }
}
