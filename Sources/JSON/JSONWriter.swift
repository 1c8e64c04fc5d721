package import BundleModel

/// Writes JSON as bytes, without making a string of each value on the way.
///
/// What it writes may be read on terminals, too: control and direction-changing scalars are escaped. Who calls gives
/// names and values in turns; the writer adds what stands between them.
///
///     json.object { json in
///       json.name("slug")
///       json.string(slug.text)
///     }
package struct JSONWriter: Sendable {
  package enum Layout: Sendable {
    /// On one line, without blanks: for streams and programs.
    case line
    /// Indented by two blanks, for people.
    case indented
  }

  /// What was written so far.
  package private(set) var bytes: [UInt8] = []
  private let layout: Layout
  private var depth = 0
  /// Nothing was written into the innermost array or object yet.
  private var isFirst = true
  /// A name was written, its value was not.
  private var followsName = false

  package init(_ layout: Layout, reservingCapacity capacity: Int = 0) {
    self.layout = layout
    bytes.reserveCapacity(capacity)
  }

  /// The text that was written.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Writes an object; `members` writes names and values in turns.
  package mutating func object<E>(_ members: (inout JSONWriter) throws(E) -> Void) throws(E) {
    open(UInt8(ascii: "{"))
    try members(&self)
    close(UInt8(ascii: "}"))
  }

  /// Writes an array; `elements` writes its values.
  package mutating func array<E>(_ elements: (inout JSONWriter) throws(E) -> Void) throws(E) {
    open(UInt8(ascii: "["))
    try elements(&self)
    close(UInt8(ascii: "]"))
  }

  /// Writes the name of the value that comes next.
  package mutating func name(_ name: String) {
    startValue()
    JSONEscape.append(quoting: name, to: &bytes)
    if layout == .indented { bytes += [0x20, 0x3A, 0x20] } else { bytes.append(0x3A) }
    followsName = true
  }

  package mutating func null() { word("null") }

  package mutating func bool(_ value: Bool) { word(value ? "true" : "false") }

  package mutating func number(_ value: Int64) {
    startValue()
    bytes.appendDecimal(value)
  }

  /// Writes the shortest digits that read as the same number; null for what JSON has no number for.
  package mutating func number(_ value: Double) {
    guard value.isFinite else { return null() }
    startValue()
    let text = value.description
    bytes += text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...]
  }

  package mutating func string(_ value: String) {
    startValue()
    JSONEscape.append(quoting: value, to: &bytes)
  }

  /// Writes a moment as `Timestamp.iso8601` tells it.
  package mutating func string(_ moment: Timestamp) {
    startValue()
    bytes.append(0x22)
    moment.appendISO8601(to: &bytes)
    bytes.append(0x22)
  }

  private mutating func word(_ word: StaticString) {
    startValue()
    bytes += UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
  }

  /// What stands between the value that comes and what was before.
  private mutating func startValue() {
    if followsName {
      followsName = false
      return
    }
    guard depth > 0 else { return }
    if !isFirst { bytes.append(0x2C) }
    isFirst = false
    breakLine()
  }

  private mutating func open(_ bracket: UInt8) {
    startValue()
    bytes.append(bracket)
    depth += 1
    isFirst = true
  }

  private mutating func close(_ bracket: UInt8) {
    depth -= 1
    // Foundation's encoder, whose documents scripts know, leaves an empty line in what is empty.
    if isFirst, layout == .indented { bytes.append(0x0A) }
    breakLine()
    bytes.append(bracket)
    isFirst = false
  }

  private mutating func breakLine() {
    guard layout == .indented else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
  }
}
