package import BundleModel

/// The keys that sign links to a directory's archives: the first signs, all verify, so that a key can be replaced
/// without a link that stops working.
///
/// Rotation: add the new key behind the old one on every pod, then put it first, and after the longest lifetime of a
/// link (900 s) take the old one away.
package struct LinkKeyRing: Sendable {
  /// One key.
  struct Key: Sendable {
    /// 1 to 32 letters, digits, `_` and `-`; public, because it stands in the links.
    let id: String
    let secret: Secret<[UInt8]>
  }

  /// Why a text is no ring; never quotes it.
  package struct Malformed: Error, Equatable, Sendable {
    package let reason: String
  }

  /// Shorter secrets can be guessed.
  package static let shortest = 16
  /// A ring of more keys is a mistake.
  static let mostKeys = 16

  /// In order; empty when the secret is a plain one.
  let keys: [Key]
  /// AppHub's one secret, used as it stands: the whole text, also of a ring, in case AppHub took it for one.
  let plain: Secret<[UInt8]>

  /// One secret without a name: links take the form that AppHub knows, which does not cover the file name.
  package init(plain: Secret<[UInt8]>) {
    keys = []
    self.plain = plain
  }

  /// Reads `kid:secret,kid:secret`, or one `kid:secret` a line; any other text is one plain secret.
  ///
  /// A text is a ring when its every part begins with a key id and a colon.
  ///
  /// - Throws: `Malformed` for a ring with a short secret, a repeated key id or too many keys.
  package init(_ text: Secret<String>) throws(Malformed) {
    plain = text.map { Array($0.utf8) }
    let parts = text.reveal().split(whereSeparator: { $0 == "," || $0.isNewline }).compactMap { $0.nonBlank }
    let pairs = parts.compactMap { part -> (id: String, secret: String)? in
      guard let colon = part.firstIndex(of: ":"), LinkKeyRing.isID(part[..<colon]) else { return nil }
      return (String(part[..<colon]), String(part[part.index(after: colon)...]))
    }
    guard !parts.isEmpty, pairs.count == parts.count else {
      keys = []
      return
    }
    guard pairs.count <= LinkKeyRing.mostKeys else {
      throw Malformed(reason: "holds \(pairs.count) keys, more than \(LinkKeyRing.mostKeys)")
    }
    for (index, pair) in pairs.enumerated() {
      guard pair.secret.utf8.count >= LinkKeyRing.shortest else {
        throw Malformed(reason: "has a key '\(pair.id)' of fewer than \(LinkKeyRing.shortest) bytes")
      }
      guard !pairs[..<index].contains(where: { $0.id == pair.id }) else {
        throw Malformed(reason: "names the key '\(pair.id)' twice")
      }
    }
    keys = pairs.map { Key(id: $0.id, secret: Secret(Array($0.secret.utf8))) }
  }

  /// True when the secret is a plain one that can be guessed.
  package var isWeak: Bool { keys.isEmpty && plain.reveal().count < LinkKeyRing.shortest }

  private static func isID(_ text: some StringProtocol) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122, 45, 95: true
        default: false
        }
      }
  }
}
