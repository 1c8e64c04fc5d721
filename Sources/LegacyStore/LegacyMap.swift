internal import JSON

/// The older `status.json`: one object whose members are statuses, whatever their names. Members are cut apart first
/// and parsed one by one, so that a large map costs little more than its bytes.
struct LegacyMap {
  private let bytes: [UInt8]
  /// Where the members are, in their order.
  let members: [Member]

  struct Member {
    var key: String
    var value: Range<Int>
  }

  /// Finds the members; throws unless the whole is one object of JSON.
  init(_ bytes: [UInt8]) throws(LegacyFlaw) {
    try LegacyReading.checkText(bytes)
    self.bytes = bytes
    var scan = MemberScan(bytes)
    members = try scan.members()
  }

  /// The text of a member.
  func text(_ member: Member) -> [UInt8] { Array(bytes[member.value]) }
}

private struct MemberScan {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func members() throws(LegacyFlaw) -> [LegacyMap.Member] {
    var found: [LegacyMap.Member] = []
    skipBlanks()
    guard take("{") else {
      _ = try LegacyReading.document(bytes)
      throw LegacyFlaw(.shape, "it is not an object")
    }
    skipBlanks()
    if !take("}") {
      repeat {
        skipBlanks()
        let start = at
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
          throw wrong("expected a name in double quotes")
        }
        try skipString()
        guard case .string(let key)? = try? JSONValue(parsing: Array(bytes[start..<at])) else {
          throw wrong("the name is no string")
        }
        skipBlanks()
        guard take(":") else { throw wrong("expected ':'") }
        skipBlanks()
        found.append(LegacyMap.Member(key: key, value: try value()))
      } while take(",")
      guard take("}") else { throw wrong("expected ',' or '}'") }
    }
    skipBlanks()
    guard at == bytes.count else { throw wrong("unexpected text after the document") }
    return found
  }

  /// Skips a value and makes sure that it is one.
  private mutating func value() throws(LegacyFlaw) -> Range<Int> {
    let start = at
    var depth = 0
    scan: while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        try skipString()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { break scan }
        depth -= 1
      case UInt8(ascii: ",") where depth == 0: break scan
      default: break
      }
      at += 1
    }
    do throws(LegacyFlaw) {
      _ = try LegacyReading.document(Array(bytes[start..<at]))
    } catch {
      // A member with a name twice, or too deep, is that member's own trouble; what is no JSON spoils the whole.
      switch error.kind {
      case .duplicateKey: break
      case .empty: throw wrong("expected a value")
      default: throw LegacyFlaw(error.kind, "in the value at byte \(start): \(error.reason)")
      }
    }
    return start..<at
  }

  private mutating func skipString() throws(LegacyFlaw) {
    at += 1
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        at += 1
        return
      case UInt8(ascii: "\\"): at += 2
      default: at += 1
      }
    }
    at = bytes.count
    throw wrong("the string does not end")
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func skipBlanks() {
    while at < bytes.count, [32, 9, 10, 13].contains(bytes[at]) { at += 1 }
  }

  private func wrong(_ what: String) -> LegacyFlaw { LegacyFlaw(.syntax, "not valid JSON: byte \(at): \(what)") }
}
