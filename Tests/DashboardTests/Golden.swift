import Glibc
import Terminal
import Testing

/// Frames kept as text files beside the tests; `UPDATE_GOLDENS=1 swift test --filter GoldenTests` writes them anew.
enum Golden {
  /// Compares a frame with its file.
  static func expect(_ frame: Frame, _ name: String, styles: Bool = false, file: String = #filePath) {
    let path =
      file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      + "/Goldens/\(name).txt"
    let text = frame.numberedText() + (styles ? styleText(frame) : "")
    if getenv("UPDATE_GOLDENS") != nil {
      #expect(write(text, to: path), "cannot write \(path)")
      return
    }
    guard let wanted = read(path) else {
      Issue.record("no golden at \(path): run with UPDATE_GOLDENS=1 and look at it")
      return
    }
    guard wanted != text else { return }
    let pairs = zip(wanted.split(separator: "\n"), text.split(separator: "\n")).filter { $0 != $1 }
    let shown = pairs.prefix(8).map { "- \($0)\n+ \($1)" }.joined(separator: "\n")
    Issue.record("\(name) looks different:\n\(shown)")
  }

  /// The stretches of each row that are not plain.
  private static func styleText(_ frame: Frame) -> String {
    var out = "styles\n"
    for row in 0..<frame.size.rows {
      var column = 0
      while column < frame.size.columns {
        let style = frame[row, column].style
        var end = column
        while end < frame.size.columns && frame[row, end].style == style { end += 1 }
        if style != .plain { out += "\(row): \(column)-\(end - 1) \(words(style))\n" }
        column = end
      }
    }
    return out
  }

  private static func words(_ style: Style) -> String {
    var words: [String] = []
    if case .ansi(let number) = style.foreground { words.append("colour\(number)") }
    for (attribute, word) in [
      (Style.Attributes.bold, "bold"), (.dim, "dim"), (.reverse, "reverse"), (.underline, "underline"),
    ] where style.attributes.contains(attribute) { words.append(word) }
    return words.joined(separator: " ")
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    let bytes = Array(text.utf8)
    let count = fwrite(bytes, 1, bytes.count, file)
    return fclose(file) == 0 && count == bytes.count
  }
}
