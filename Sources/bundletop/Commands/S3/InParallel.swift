/// Works on several items at once, at most `width` of them, and returns what became of each, in their order.
///
/// An error of one ends the others; what shall not is returned as a value.
func inParallel<Item: Sendable, Result: Sendable>(
  _ items: [Item], width: Int, _ work: @escaping @Sendable (_ index: Int, _ item: Item) async throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    var results: [Result?] = Array(repeating: nil, count: items.count)
    var next = 0
    func startOne() {
      guard next < items.count else { return }
      let (index, item) = (next, items[next])
      next += 1
      group.addTask { (index, try await work(index, item)) }
    }
    for _ in 0..<max(1, width) { startOne() }
    while let (index, result) = try await group.next() {
      results[index] = result
      startOne()
    }
    return results.compactMap(\.self)
  }
}
