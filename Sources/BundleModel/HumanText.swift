/// Numbers as people read them: with a unit, in few characters.
package enum HumanText {
  /// Bytes in powers of 1000, at most seven columns: `640 B`, `1.2 MB`, `184 kB`.
  package static func size(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    var value = Double(max(bytes, 0))
    var unit = 0
    while value >= 999.5 && unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    if unit == 0 || value >= 99.95 { return "\(Int64(value.rounded())) \(units[unit])" }
    let tenths = Int64((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  /// An age or a span in its largest unit: `12s`, `3m`, `2h`, `4d`.
  package static func age(_ span: Duration) -> String {
    let seconds = max(0, span.components.seconds)
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m"
    case ..<86_400: return "\(seconds / 3600)h"
    default: return "\(seconds / 86_400)d"
    }
  }

  /// A measured span: `0.4 s`, `14.2 s`, `2 min 05 s`, `3 h 20 min`.
  package static func duration(_ span: Duration) -> String {
    let (seconds, attoseconds) = span.components
    guard seconds >= 0, attoseconds >= 0 else { return "0.0 s" }
    if seconds < 60 { return "\(seconds).\(attoseconds / 100_000_000_000_000_000) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(Int(seconds % 60).padded(2)) s" }
    return "\(seconds / 3600) h \(Int(seconds / 60 % 60).padded(2)) min"
  }
}
