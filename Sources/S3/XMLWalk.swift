internal import BundleModel

/// Reads a whole document of a known root: what S3's answers need beyond the pull parser.
enum XMLWalk {
  /// Calls `text` with each piece of text and where it stands, and `end` with each element that ends; both places
  /// are without the root.
  ///
  /// - Returns: false when the root has another name; then nothing was called.
  @discardableResult static func read(
    _ bytes: [UInt8], root: String, text: (_ path: [String], _ text: String) throws(XMLReader.Malformed) -> Void,
    end: (_ path: [String]) throws(XMLReader.Malformed) -> Void = { _ in }
  ) throws(XMLReader.Malformed) -> Bool {
    var reader = XMLReader(bytes)
    guard try reader.next() == .start(root) else { return false }
    var path: [String] = []
    while let event = try reader.next() {
      switch event {
      case .start(let name): path.append(name)
      case .end:
        if !path.isEmpty { try end(path) }
        _ = path.popLast()
      case .text(let bytes): try text(path, String(decoding: bytes, as: UTF8.self))
      }
    }
    return true
  }

  /// A key as its bytes are, undone from `encoding-type=url`.
  ///
  /// Nothing is repaired: a key that reads like another one would be taken for it, and perhaps deleted.
  static func key(_ text: String, isURLEncoded: Bool) throws(XMLReader.Malformed) -> String {
    guard isURLEncoded else { return text }
    let bytes = PercentCode.decoded(Array(text.utf8), plusIsBlank: true)
    guard let key = String(validating: bytes, as: UTF8.self) else { throw XMLReader.Malformed(offset: 0) }
    return key
  }
}
