/// A snapshot of Postgres: which transactions had ended when something was read.
///
/// Source: PostgreSQL, "Transaction ID and Snapshot Information Functions": `xmin:xmax:xip,…`.
package struct DatabaseSnapshot: Equatable, Sendable {
  /// Every transaction below this one had ended.
  package let xmin: UInt64
  /// This one and all above had not begun or not ended.
  package let xmax: UInt64
  /// Those between the two that were still running, ascending.
  package let running: [UInt64]

  /// Reads `pg_snapshot` as text; nil when it is not one.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let xmin = UInt64(parts[0]), let xmax = UInt64(parts[1]), xmin <= xmax else {
      return nil
    }
    var running: [UInt64] = []
    for number in parts[2].split(separator: ",", omittingEmptySubsequences: false) where !parts[2].isEmpty {
      guard let xid = UInt64(number), xid >= xmin, xid < xmax else { return nil }
      running.append(xid)
    }
    self.xmin = xmin
    self.xmax = xmax
    self.running = running.sorted()
  }

  /// Whether what this transaction wrote can be seen, if it was committed.
  package func sees(_ transaction: UInt64) -> Bool {
    transaction < xmin || (transaction < xmax && !running.contains(transaction))
  }

  /// Whether everything that `other` sees is seen here too: this snapshot was taken no earlier.
  package func includes(_ other: DatabaseSnapshot) -> Bool {
    guard running.allSatisfy({ !other.sees($0) }) else { return false }
    // Of what had not begun here, nothing may have ended there.
    return other.xmax <= xmax || UInt64(other.running.count { $0 >= xmax }) == other.xmax - xmax
  }
}
