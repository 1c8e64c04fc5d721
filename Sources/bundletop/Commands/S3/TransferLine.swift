internal import BundleModel
internal import Terminal

/// One line that says how far a transfer is, as wide as there is room.
enum TransferLine {
  /// - Parameters:
  ///   - total: bytes; nil when unknown.
  ///   - rate: bytes a second; zero when unknown.
  ///   - columns: of the terminal; one stays free, or some terminals would break the line.
  static func text(label: String, done: Int64, total: Int64?, rate: Double, columns: Int) -> String {
    let room = max(10, columns - 1)
    var facts: [String] = []
    if let total, total > 0 { facts.append("\(min(100, done * 100 / total)) %") }
    facts.append(total.map { "\(HumanText.size(done)) of \(HumanText.size($0))" } ?? HumanText.size(done))
    if rate > 0 { facts.append("\(HumanText.size(Int64(rate)))/s") }
    if let total, rate > 0, done < total {
      facts.append("\(HumanText.age(.seconds(Int64((Double(total - done) / rate).rounded(.up))))) left")
    }
    // Least important last: they go first where there is no room.
    while facts.count > 1, facts.joined(separator: "  ").utf8.count > room { facts.removeLast() }
    let right = facts.joined(separator: "  ")
    var left = ""
    let labelRoom = room - right.utf8.count - 2
    if labelRoom >= 8 { left = cut(UntrustedText.line(label), to: min(labelRoom, 40)) + "  " }
    let barRoom = room - TextWidth.columns(of: left) - right.utf8.count - 4
    if let total, total > 0, barRoom >= 10 {
      let width = min(barRoom, 40)
      let filled = Int(Double(width) * Double(min(done, total)) / Double(total))
      left += "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: width - filled))]  "
    }
    return String((left + right).prefix(room))
  }

  private static func cut(_ text: String, to columns: Int) -> String {
    guard TextWidth.columns(of: text) > columns else { return text }
    var out = ""
    var used = 0
    for cell in CellText(text) {
      guard used + cell.columns <= columns - 2 else { break }
      out += cell.text
      used += cell.columns
    }
    return out + ".."
  }
}
