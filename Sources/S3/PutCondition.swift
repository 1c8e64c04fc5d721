internal import HTTPTransport

/// What must hold for a write to happen. Not every server enforces it: some write regardless.
package enum PutCondition: Equatable, Sendable {
  /// Writes in any case.
  case none
  /// Writes only when no object has the key (`If-None-Match: *`).
  case ifAbsent
  /// Writes only when the object's ETag is this one, quotes or not (`If-Match`).
  case ifMatch(String)

  /// The header field that asks for it.
  var headers: [HTTPHeader] {
    switch self {
    case .none: []
    case .ifAbsent: [HTTPHeader("If-None-Match", "*")]
    case .ifMatch(let tag): [HTTPHeader("If-Match", "\"" + tag.filter { $0 != "\"" } + "\"")]
    }
  }
}
