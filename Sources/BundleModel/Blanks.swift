extension StringProtocol {
  /// The text without leading and trailing white space.
  package func trimmingBlanks() -> SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[startIndex..<startIndex] }
    return self[first...last]
  }

  /// The trimmed text, or nil when nothing is left: AppHub's rule that an empty string is null.
  package var nonBlank: String? {
    let trimmed = trimmingBlanks()
    return trimmed.isEmpty ? nil : String(trimmed)
  }
}
