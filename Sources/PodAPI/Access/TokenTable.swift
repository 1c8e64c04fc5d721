package import BundleModel
internal import Hashing

/// The tokens that a pod takes, by their SHA-256. Nobody can be impersonated by who reads the file.
///
/// A line is `NAME SCOPES SHA256HEX`, where SCOPES is `read`, `write` or `read,write`; lines that begin with `#` are
/// comments. A token must be random (128 bits or more), for its hash is neither salted nor slow.
package struct TokenTable: Sendable, CustomStringConvertible {
  private struct Entry {
    var caller: Caller
    var digest: [UInt8]
  }

  private let entries: [Entry]

  /// Reads a file's text. The error names the line, and never quotes it: it might hold a token.
  package init(parsing text: String) throws(AccessError) {
    var entries: [Entry] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let fields = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard let first = fields.first, !first.hasPrefix("#") else { continue }
      guard fields.count == 3 else { throw Self.wrong(index, "expected NAME SCOPES SHA256HEX") }
      guard first.utf8.count <= 64, first.utf8.allSatisfy(Self.isHarmless) else {
        throw Self.wrong(index, "a name has at most 64 letters, digits, '.', '_', '-'")
      }
      var scopes: Set<Scope> = []
      for word in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
        guard let scope = Scope(rawValue: String(word)) else {
          throw Self.wrong(index, "scopes are read and write")
        }
        scopes.insert(scope)
      }
      guard let checksum = Checksum(hex: fields[2]) else {
        throw Self.wrong(index, "the third field is the token's SHA-256, 64 hex digits")
      }
      entries.append(Entry(caller: Caller(name: String(first), scopes: scopes), digest: checksum.digest))
    }
    self.entries = entries
  }

  /// One token that no file names.
  init(_ caller: Caller, token: Secret<String>) {
    entries = [Entry(caller: caller, digest: SHA256.digest(of: token.reveal()))]
  }

  /// How many tokens there are.
  package var count: Int { entries.count }

  /// Whose token this is. Takes the same time whichever it is, and if it is none.
  package func caller(of token: Secret<String>) -> Caller? {
    let digest = SHA256.digest(of: token.reveal())
    var found: Int?
    for (index, entry) in entries.enumerated() {
      var difference: UInt8 = 0
      for position in 0..<32 { difference |= entry.digest[position] ^ digest[position] }
      found = difference == 0 ? index : found
    }
    return found.map { entries[$0].caller }
  }

  package var description: String { "\(entries.count) tokens" }

  private static func wrong(_ index: Int, _ what: String) -> AccessError {
    AccessError("token file: line \(index + 1): \(what)")
  }

  private static func isHarmless(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }
}

/// Why access cannot be decided: a token file that is not there or not well written.
package struct AccessError: ReportableError, CustomStringConvertible {
  /// One line; holds nothing of a token.
  package let message: String

  package init(_ message: String) { self.message = message }

  package var exitStatus: ExitStatus { .usage }
  package var description: String { message }
}
