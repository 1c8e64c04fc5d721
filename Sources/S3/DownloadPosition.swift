internal import HTTPTransport

/// How much of an object has come and which object that was: what the next try asks for, and whether its answer
/// goes on where the last one broke off.
///
/// Source: RFC 9110 sections 13.1.1 (If-Match), 14.2 (Range), 14.4 (Content-Range) and 15.3.7 (206).
struct DownloadPosition: Equatable, Sendable {
  /// Bytes that have come.
  private(set) var offset: Int64 = 0
  /// The object's length, once a server has said it.
  private(set) var total: Int64?
  /// Without quotes; nil when there is none or only a weak one, which does not promise equal bytes.
  private(set) var etag: String?

  /// True when the rest can be asked for: something has come, something is missing, and the object has a name.
  var canContinue: Bool { offset > 0 && etag != nil && offset < total ?? .max }

  /// What asks for the rest of the same object; empty when all of it is asked for.
  var headers: [HTTPHeader] {
    guard canContinue, let etag else { return [] }
    return [HTTPHeader("Range", "bytes=\(offset)-"), HTTPHeader("If-Match", "\"\(etag)\"")]
  }

  /// What an answer brings.
  enum Verdict: Equatable {
    /// The whole object from its first byte.
    case fromStart
    /// The rest, from `offset` on.
    case rest
    /// Another object than the one that had begun.
    case changed
    /// Something that nobody asked for.
    case lie(String)
  }

  /// Judges the head of a success, and takes note of what it says of the object.
  ///
  /// - Parameter asked: where the range began that was asked for; 0 when all was.
  mutating func take(status: Int, headers: HTTPHeaders, asked: Int64) -> Verdict {
    let name = Self.strongTag(headers["etag"])
    guard Self.isPart(status: status, headers) else {
      self = DownloadPosition()
      total = headers["content-length"].flatMap { Int64($0) }
      etag = name
      return .fromStart
    }
    guard asked > 0, asked == offset else { return .lie("the server sends a part that nobody asked for") }
    guard let range = ContentRange(headers["content-range"] ?? "") else {
      return .lie("the server does not say which part it sends")
    }
    if headers["etag"] != nil, name != etag { return .changed }
    guard range.first == asked else {
      return .lie("the server sends bytes from \(range.first) on, asked for \(asked)")
    }
    if let length = range.total, let total, length != total {
      return .lie("the object has \(length) bytes now and had \(total) under the same ETag")
    }
    if let length = headers["content-length"].flatMap({ Int64($0) }), length != range.count {
      return .lie("the server announces \(length) bytes for a range of \(range.count)")
    }
    total = total ?? range.total
    return .rest
  }

  /// True when an answer brings a part of an object. Some servers say so by Content-Range alone, under a 200; a
  /// range that is the whole object is no part.
  static func isPart(status: Int, _ headers: HTTPHeaders) -> Bool {
    guard let text = headers["content-range"] else { return status == 206 }
    guard status != 206, let range = ContentRange(text) else { return true }
    return range.first != 0 || range.count != range.total
  }

  /// Counts bytes that have come.
  mutating func advance(by count: Int) { offset += Int64(count) }

  private static func strongTag(_ value: String?) -> String? {
    guard let value, !value.hasPrefix("W/") else { return nil }
    let name = value.filter { $0 != "\"" }
    return name.isEmpty ? nil : name
  }
}

/// `bytes 5-9/10`: a part of an object.
struct ContentRange: Equatable {
  /// The first byte's number.
  var first: Int64
  /// The last byte's.
  var last: Int64
  /// The object's length; nil for `*`.
  var total: Int64?

  /// Bytes.
  var count: Int64 { last - first + 1 }

  /// Nil for anything else, also for a range that lies outside its object.
  init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
    let halves = words[1].split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), 0 <= first, first <= last,
      last < .max
    else { return nil }
    if halves[1] != "*" {
      guard let length = Int64(halves[1]), last < length else { return nil }
      total = length
    }
    self.first = first
    self.last = last
  }
}
