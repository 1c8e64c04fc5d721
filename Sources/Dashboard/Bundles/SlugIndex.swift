internal import BundleModel

/// Finds a row's slot by its slug: a hash table of slot numbers only, because the rows hold the slugs.
///
/// Open addressing with linear probing, at most half full; removal shifts the followers back, so there are no
/// gravestones to sweep.
struct SlugIndex: Sendable {
  private var cells: [Int32]
  private var count = 0
  private static let empty: Int32 = -1

  /// An index with room for so many slugs.
  init(capacity: Int = 0) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    cells = Array(repeating: Self.empty, count: size)
  }

  /// The slot of a slug; `slugAt` reads a slot's slug.
  func slot(of slug: Slug, _ slugAt: (Int32) -> Slug) -> Int32? {
    let slot = cells[cell(of: slug, slugAt)]
    return slot == Self.empty ? nil : slot
  }

  /// Adds a slug that is not there yet.
  mutating func insert(_ slug: Slug, slot: Int32, _ slugAt: (Int32) -> Slug) {
    if (count + 1) * 2 > cells.count { grow(slugAt) }
    cells[cell(of: slug, slugAt)] = slot
    count += 1
  }

  /// Takes a slug out, if it is there.
  mutating func remove(_ slug: Slug, _ slugAt: (Int32) -> Slug) {
    var hole = cell(of: slug, slugAt)
    guard cells[hole] != Self.empty else { return }
    count -= 1
    let mask = cells.count - 1
    var next = (hole + 1) & mask
    while cells[next] != Self.empty {
      let home = Self.hash(slugAt(cells[next])) & mask
      // Move it back unless its home lies behind the hole.
      if (next &- home) & mask >= (next &- hole) & mask {
        cells[hole] = cells[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    cells[hole] = Self.empty
  }

  private func cell(of slug: Slug, _ slugAt: (Int32) -> Slug) -> Int {
    let mask = cells.count - 1
    var place = Self.hash(slug) & mask
    while cells[place] != Self.empty && slugAt(cells[place]) != slug { place = (place + 1) & mask }
    return place
  }

  private mutating func grow(_ slugAt: (Int32) -> Slug) {
    let old = cells
    cells = Array(repeating: Self.empty, count: old.count * 2)
    let mask = cells.count - 1
    for slot in old where slot != Self.empty {
      var place = Self.hash(slugAt(slot)) & mask
      while cells[place] != Self.empty { place = (place + 1) & mask }
      cells[place] = slot
    }
  }

  /// FNV-1a (64 bit, from its authors' page), its halves folded for the low bits that the mask keeps.
  private static func hash(_ slug: Slug) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in slug.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ hash >> 32) & Int.max
  }
}
