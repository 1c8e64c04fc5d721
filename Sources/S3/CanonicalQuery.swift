internal import BundleModel

/// Query parameters as they are signed, which is also how they are sent.
extension SignatureV4 {
  /// True when a name sorts behind ours, as every `response-…` does. Names are sorted as they are encoded: one that
  /// begins with `^` begins with `%` then, and sorts before.
  static func sortsLast(_ name: String) -> Bool {
    guard let first = name.utf8.first else { return false }
    return (97...122).contains(first) || first == 89 || first == 90 || first == 95 || first == 126
  }

  /// Puts more parameters between those of an encoded query.
  static func sorted(query: [UInt8], with more: [(name: String, value: String)]) -> [UInt8] {
    let text = { (bytes: ArraySlice<UInt8>) in
      String(decoding: PercentCode.decoded(Array(bytes), plusIsBlank: false), as: UTF8.self)
    }
    let ours = query.split(separator: 38).map { pair in
      let parts = pair.split(separator: 61, maxSplits: 1)
      return (name: text(parts[0]), value: parts.count > 1 ? text(parts[1]) : "")
    }
    return sorted(ours + more)
  }

  /// Encodes a query and sorts it by the bytes of the encoded names, then values.
  static func sorted(_ query: [(name: String, value: String)]) -> [UInt8] {
    var pairs: [[UInt8]] = []
    pairs.reserveCapacity(query.count)
    var total = 0
    for (name, value) in query {
      var pair: [UInt8] = []
      pair.reserveCapacity(name.utf8.count + value.utf8.count * 3 / 2 + 1)
      ByteEncoding.appendPercentEncoded(name.utf8, keepingSlash: false, to: &pair)
      // Sorts below every byte that an encoded name can hold, so that whole pairs sort as (name, value).
      pair.append(1)
      ByteEncoding.appendPercentEncoded(value.utf8, keepingSlash: false, to: &pair)
      total += pair.count + 1
      pairs.append(pair)
    }
    pairs.sort { $0.lexicographicallyPrecedes($1) }
    var out: [UInt8] = []
    out.reserveCapacity(total + 96)
    for pair in pairs {
      if !out.isEmpty { out.append(38) }
      for byte in pair { out.append(byte == 1 ? 61 : byte) }
    }
    return out
  }
}
