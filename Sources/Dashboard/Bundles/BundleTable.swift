internal import BundleModel

/// All bundles, counted, sorted and filtered; kept so by work in proportion to what changed.
///
/// A row lives in a slot for as long as its slug is known. Three orders name slots: by slug (what every other order
/// is made from without comparing texts), by the sort key, and of that one what passes the filter.
struct BundleTable: Sendable {
  private var rows: [BundleRow] = []
  private var extras: [Int32: BundleExtra] = [:]
  private var free: [Int32] = []
  private var index = SlugIndex()
  private var podNames: [String] = []
  private var podPlaces: [String: Int32] = [:]

  private var bySlug = SlotOrder()
  /// Empty while the key is the slug: then `bySlug` is the order.
  private var byKey = SlotOrder()
  /// Nil while the filter is empty: then the whole order is visible.
  private var filtered: SlotOrder?

  private(set) var sortKey = SortKey.state
  private(set) var filter = BundleFilter.none
  private var counts = [0, 0, 0, 0]
  private var damaged: [Verification: Int] = [:]

  /// How many bundles are known.
  var total: Int { bySlug.count }
  /// How many pass the filter.
  var visibleCount: Int { visible.count }
  /// How many bundles are in a state.
  func count(_ state: BundleState) -> Int { counts[Int(state.trouble)] }
  /// How many bundles have a stored archive of which the last look said this.
  func count(_ damage: Verification) -> Int { damaged[damage] ?? 0 }

  private var whole: SlotOrder { sortKey == .slug ? bySlug : byKey }
  private var visible: SlotOrder { filtered ?? whole }

  // MARK: Looking

  /// The row at a position of the visible table.
  func row(at position: Int) -> BundleRow { rows[Int(visible[position])] }

  /// The row of a slug, visible or not.
  func row(of slug: Slug) -> BundleRow? {
    slot(of: slug).map { rows[Int($0)] }
  }

  /// What is kept beside the row of a slug.
  func extra(of slug: Slug) -> BundleExtra? {
    slot(of: slug).flatMap { extra(in: $0) }
  }

  /// The name of a row's pod; empty without one.
  func podName(of row: BundleRow) -> String { row.pod < 0 ? "" : podNames[Int(row.pod)] }

  /// Where a slug stands in the visible table; nil when it is not there.
  func position(of slug: Slug) -> Int? {
    guard let slot = slot(of: slug) else { return nil }
    let order = visible
    let position = place(of: rows[Int(slot)], in: order, by: sortKey)
    return position < order.count && order[position] == slot ? position : nil
  }

  private func slot(of slug: Slug) -> Int32? {
    let rows = rows
    return index.slot(of: slug) { rows[Int($0)].slug }
  }

  private func extra(in slot: Int32) -> BundleExtra? { rows[Int(slot)].hasExtra ? extras[slot] : nil }

  private func place(of row: BundleRow, in order: SlotOrder, by key: SortKey) -> Int {
    // The rows alone: a closure over all of the table would copy it for every look.
    let rows = rows
    return order.position { key.precedes(rows[Int($0)], row) }
  }

  private func passes(_ row: BundleRow, _ extra: BundleExtra?) -> Bool {
    filter.matches(row.slug, row.state, row.stage, note: extra?.note ?? "", pod: podName(of: row))
  }

  // MARK: Arranging

  /// Sorts by another key.
  mutating func sort(by key: SortKey) {
    sortKey = key
    arrangeByKey()
    arrangeFiltered()
  }

  /// Shows only what passes a filter.
  mutating func show(_ filter: BundleFilter) {
    self.filter = filter
    arrangeFiltered()
  }

  private mutating func arrangeByKey() {
    guard sortKey != .slug else {
      byKey = SlotOrder()
      return
    }
    var keyed = bySlug.slots.enumerated().map { place, slot in
      (key: sortKey.value(of: rows[Int(slot)]), place: Int32(place), slot: slot)
    }
    keyed.sort { $0.key != $1.key ? $0.key < $1.key : $0.place < $1.place }
    byKey = SlotOrder(keyed.map(\.slot))
  }

  private mutating func arrangeFiltered() {
    filtered = nil
    guard !filter.isEmpty else { return }
    let readsNotes = filter.readsNotes
    let readsPods = filter.readsPods
    var passing: [Int32] = []
    for slot in whole.slots {
      let place = Int(slot)
      let note = readsNotes && rows[place].hasExtra ? extras[slot]?.note ?? "" : ""
      let pod = readsPods && rows[place].pod >= 0 ? podNames[Int(rows[place].pod)] : ""
      let passes = filter.matches(
        rows[place].slug, rows[place].state, rows[place].stage, note: note, pod: pod)
      if passes { passing.append(slot) }
    }
    filtered = SlotOrder(passing)
  }

  // MARK: Changing

  /// Puts everything known in place of what was known before.
  mutating func replaceAll(_ statuses: [BundleStatus]) {
    rows = []
    rows.reserveCapacity(statuses.count)
    extras = [:]
    free = []
    podNames = []
    podPlaces = [:]
    index = SlugIndex(capacity: statuses.count)
    counts = [0, 0, 0, 0]
    damaged = [:]
    for status in statuses {
      let row = BundleRow(status, pod: podPlace(status.pod))
      store(row, BundleExtra(status), in: slot(of: row.slug))
    }
    var slots = (0..<Int32(rows.count)).map { $0 }
    slots.sort { rows[Int($0)].slug.precedes(rows[Int($1)].slug) }
    bySlug = SlotOrder(slots)
    arrangeByKey()
    arrangeFiltered()
  }

  /// Takes slugs out, then puts rows in; of two rows of one slug the later one counts.
  mutating func apply(upserts: [BundleStatus], removed: [Slug]) {
    var slugs = OrderChange()
    var keys = OrderChange()
    var shown = OrderChange()
    var latest: [Slug: Int] = [:]
    for (number, status) in upserts.enumerated() { latest[status.slug] = number }
    var gone: Set<Slug> = []
    for slug in removed where latest[slug] == nil && gone.insert(slug).inserted {
      guard let slot = slot(of: slug) else { continue }
      slugs.leaving.append(place(of: rows[Int(slot)], in: bySlug, by: .slug))
      leave(slot, &keys, &shown)
    }
    // Positions are looked up while every row still stands where the orders say; only then are rows changed.
    var changes: [Change] = []
    changes.reserveCapacity(latest.count)
    for number in latest.values {
      let change = change(upserts[number])
      changes.append(change)
      guard let slot = change.slot else { continue }
      let movesInKey = sortKey != .slug && change.movesInKey
      if movesInKey { keys.leaving.append(place(of: rows[Int(slot)], in: byKey, by: sortKey)) }
      if movesInKey { keys.arriving.append(slot) }
      if change.leavesShown { shown.leaving.append(place(of: rows[Int(slot)], in: filtered!, by: sortKey)) }
      if change.entersShown { shown.arriving.append(slot) }
    }
    for slug in gone { forget(slug) }
    bySlug.remove(at: slugs.leaving)
    byKey.remove(at: keys.leaving)
    filtered?.remove(at: shown.leaving)
    for change in changes {
      let slot = store(change.row, change.extra, in: change.slot)
      guard change.slot == nil else { continue }
      slugs.arriving.append(slot)
      if sortKey != .slug { keys.arriving.append(slot) }
      if change.entersShown { shown.arriving.append(slot) }
    }
    bySlug.insert(arrivals(slugs, into: bySlug, by: .slug))
    byKey.insert(arrivals(keys, into: byKey, by: sortKey))
    if filtered != nil { filtered!.insert(arrivals(shown, into: filtered!, by: sortKey)) }
  }

  /// What a batch does to one order: positions that fall out, slots that come in.
  private struct OrderChange {
    var leaving: [Int] = []
    var arriving: [Int32] = []
  }

  private func leave(_ slot: Int32, _ keys: inout OrderChange, _ shown: inout OrderChange) {
    if sortKey != .slug { keys.leaving.append(place(of: rows[Int(slot)], in: byKey, by: sortKey)) }
    if let filtered, passes(rows[Int(slot)], extra(in: slot)) {
      shown.leaving.append(place(of: rows[Int(slot)], in: filtered, by: sortKey))
    }
  }

  /// What an upsert does to a row and to the orders.
  private struct Change {
    var row: BundleRow
    var extra: BundleExtra?
    /// Nil for a slug that is new.
    var slot: Int32?
    var movesInKey = false
    var leavesShown = false
    var entersShown = false
  }

  private mutating func change(_ status: BundleStatus) -> Change {
    var change = Change(row: BundleRow(status, pod: podPlace(status.pod)), extra: BundleExtra(status))
    change.slot = slot(of: change.row.slug)
    let passesNow = filtered != nil && passes(change.row, change.extra)
    guard let slot = change.slot else {
      change.entersShown = passesNow
      return change
    }
    change.movesInKey = sortKey.value(of: change.row) != sortKey.value(of: rows[Int(slot)])
    let passed = filtered != nil && passes(rows[Int(slot)], extra(in: slot))
    change.leavesShown = passed && (change.movesInKey || !passesNow)
    change.entersShown = passesNow && (change.movesInKey || !passed)
    return change
  }

  private func arrivals(_ change: OrderChange, into order: SlotOrder, by key: SortKey) -> [(
    slot: Int32, position: Int
  )] {
    change.arriving.sorted { key.precedes(rows[Int($0)], rows[Int($1)]) }
      .map { ($0, place(of: rows[Int($0)], in: order, by: key)) }
  }

  /// Keeps a row in its slot, or in a new one for a slug that is new.
  @discardableResult
  private mutating func store(_ row: BundleRow, _ extra: BundleExtra?, in known: Int32?) -> Int32 {
    let slot = known ?? free.popLast() ?? Int32(rows.count)
    if known != nil { tally(rows[Int(slot)], -1) }
    tally(row, 1)
    var row = row
    row.hasExtra = extra != nil
    // A copy of its own, kept for good: a text still in the place where it was read would hold that page of the
    // heap for ever, with all else that was read there long gone.
    row.slug = known == nil ? Slug(row.slug.text) ?? row.slug : rows[Int(slot)].slug
    if Int(slot) == rows.count { rows.append(row) } else { rows[Int(slot)] = row }
    if extra != nil || extras[slot] != nil { extras[slot] = extra }
    if known == nil { index.insert(row.slug, slot: slot) { rows[Int($0)].slug } }
    return slot
  }

  private mutating func tally(_ row: BundleRow, _ change: Int) {
    counts[Int(row.state.trouble)] += change
    if let damage = row.damage { damaged[damage, default: 0] += change }
  }

  private mutating func forget(_ slug: Slug) {
    guard let slot = slot(of: slug) else { return }
    tally(rows[Int(slot)], -1)
    index.remove(slug) { rows[Int($0)].slug }
    extras[slot] = nil
    free.append(slot)
  }

  /// The place of a pod's name in the list of names, added when it is new.
  private mutating func podPlace(_ name: String?) -> Int32 {
    guard let name, !name.isEmpty else { return -1 }
    if let place = podPlaces[name] { return place }
    let place = Int32(podNames.count)
    podNames.append(UntrustedText.line(name, limit: 80))
    podPlaces[name] = place
    return place
  }
}

extension BundleTable: TableRows {
  func key(at position: Int) -> Slug { rows[Int(visible[position])].slug }
  func contains(_ key: Slug) -> Bool { slot(of: key) != nil }
}
