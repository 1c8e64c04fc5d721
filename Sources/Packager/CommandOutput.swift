internal import BundleModel

/// Takes what a command prints: keeps the end of it and cuts it into lines.
struct CommandOutput {
  private var tailBytes: [UInt8] = []
  private let tailLimit: Int
  private var line: [UInt8] = []
  /// Bytes of a line that are handed on; the rest of a longer one is dropped.
  private static let lineLimit = 4096
  /// All bytes so far.
  private(set) var count = 0

  init(tailLimit: Int) { self.tailLimit = tailLimit }

  /// Takes more bytes; returns the lines that they end. A carriage return ends a line too: progress bars use it.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> [String] {
    count += bytes.count
    tailBytes.append(contentsOf: bytes.suffix(tailLimit))
    if tailBytes.count > 2 * tailLimit { tailBytes.removeFirst(tailBytes.count - tailLimit) }
    var lines: [String] = []
    for byte in bytes {
      if byte == 10 || byte == 13 {
        if let text = takeLine() { lines.append(text) }
      } else if line.count < CommandOutput.lineLimit {
        line.append(byte)
      }
    }
    return lines
  }

  /// The last line, when nothing ended it.
  mutating func finish() -> String? { takeLine() }

  /// The end of the output, clean, beginning at a character's start.
  var tail: String {
    var end = tailBytes.suffix(tailLimit)
    if count > end.count { end = end.drop { $0 & 0xC0 == 0x80 } }
    return UntrustedText.block(String(decoding: end, as: UTF8.self), limit: tailLimit)
  }

  private mutating func takeLine() -> String? {
    defer { line.removeAll(keepingCapacity: true) }
    let text = UntrustedText.line(String(decoding: line, as: UTF8.self), limit: 512)
    return text.nonBlank
  }
}
