/// Which artifacts stay recorded.
package struct RetirementRule: Equatable, Sendable {
  /// So many of each bundle, the newest; at least 1.
  package var keep: Int
  /// Each at least for so long after it was uploaded and last used.
  package var olderThan: Duration

  package init(keep: Int, olderThan: Duration) {
    self.keep = keep
    self.olderThan = olderThan
  }
}
