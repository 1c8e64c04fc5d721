/// Slots in the order of the table, changed in batches without sorting what was not touched.
struct SlotOrder: Equatable, Sendable {
  private(set) var slots: [Int32] = []

  var count: Int { slots.count }
  subscript(position: Int) -> Int32 { slots[position] }

  /// Takes over an order made elsewhere.
  init(_ slots: [Int32] = []) { self.slots = slots }

  /// The first position whose slot does not stand above the wanted place; `isAbove` answers for a slot.
  func position(_ isAbove: (Int32) -> Bool) -> Int {
    var low = 0
    var high = slots.count
    while low < high {
      let middle = (low + high) / 2
      if isAbove(slots[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Takes out the slots at some positions, moving each of the others once.
  mutating func remove(at positions: [Int]) {
    let sorted = positions.sorted()
    guard let first = sorted.first else { return }
    var target = first
    for (number, position) in sorted.enumerated() {
      let end = number + 1 < sorted.count ? sorted[number + 1] : slots.count
      var source = position + 1
      while source < end {
        slots[target] = slots[source]
        target += 1
        source += 1
      }
    }
    slots.removeLast(slots.count - target)
  }

  /// Puts in slots that are sorted already, each before the slot now at its position, moving each other once.
  mutating func insert(_ added: [(slot: Int32, position: Int)]) {
    guard !added.isEmpty else { return }
    var source = slots.count - 1
    slots.append(contentsOf: repeatElement(0, count: added.count))
    var target = slots.count - 1
    for (slot, position) in added.reversed() {
      while source >= position {
        slots[target] = slots[source]
        target -= 1
        source -= 1
      }
      slots[target] = slot
      target -= 1
    }
  }
}
