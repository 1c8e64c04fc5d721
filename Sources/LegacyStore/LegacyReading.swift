internal import BundleModel
internal import JSON

/// A text that is a status, and what is odd about it.
struct LegacyReading: Equatable {
  var status: LegacyStatus
  var notes: [String] = []

  /// Where a status stands, which decides what it must say.
  enum Place {
    /// A file of its own, whose name says the slug.
    case file(Slug)
    /// A member of the older map: the slug stands inside.
    case member
  }

  /// Reads the text of one status.
  init(_ bytes: [UInt8], _ place: Place) throws(LegacyFlaw) {
    try self.init(try LegacyReading.document(bytes), place)
  }

  init(_ value: JSONValue, _ place: Place) throws(LegacyFlaw) {
    guard case .object(let object) = value else {
      throw LegacyFlaw(.shape, "it is \(value.kind), not an object")
    }
    var fields = LegacyFields(object)
    let inner = try fields.required("slug")
    let slug: Slug
    switch place {
    case .file(let name): slug = name
    case .member:
      guard let named = Slug(inner) else { throw LegacyFlaw(.shape, "\"slug\" is blank") }
      slug = named
    }
    if Slug(inner) != slug { fields.notes.append("the slug inside is '\(inner)': the file's name counts") }
    guard let fingerprint = Fingerprint(try fields.required("fingerprint")) else {
      throw LegacyFlaw(.shape, "\"fingerprint\" is blank")
    }
    let stageWord = try fields.required("stage")
    let stage = Stage(stored: stageWord)
    if stage.rawValue != stageWord {
      fields.notes.append("the stage '\(stageWord)' is unknown: it counts as queued")
    }
    let updatedAt = try fields.moment("updatedAt")
    var state = stage.state
    var createdAt = updatedAt
    switch place {
    case .file:
      state = try fields.state(stage)
      createdAt = try fields.moment("createdAt")
    case .member:
      // The older map did without these.
      if fields.has("state") { state = try fields.state(stage) }
      if fields.has("createdAt") { createdAt = try fields.moment("createdAt") }
    }
    status = LegacyStatus(
      slug: slug, fingerprint: fingerprint, stage: stage, state: state, createdAt: createdAt, updatedAt: updatedAt,
      jobID: try fields.name("jobId"), version: try fields.name("version"),
      checksum: try fields.name("checksum").map { $0.trimmingBlanks().lowercased() },
      filename: try fields.name("filename"), cached: try fields.flag("cached"), error: try fields.prose("error"),
      message: try fields.prose("message"))
    notes = fields.notes
  }

  /// Parses a document whose members nobody can take for others.
  static func document(_ bytes: [UInt8]) throws(LegacyFlaw) -> JSONValue {
    try checkText(bytes)
    do throws(JSONSyntaxError) {
      return try JSONValue(parsing: bytes, limits: JSONLimits(depth: deepest, duplicateNames: .refused))
    } catch {
      // Which of the two it is only a second look tells.
      if (try? JSONValue(parsing: bytes, limits: JSONLimits(depth: deepest))) != nil {
        throw LegacyFlaw(.duplicateKey, "line \(error.line), column \(error.column): \(error.what)")
      }
      throw LegacyFlaw(.syntax, error.description)
    }
  }

  /// Throws unless the bytes are text.
  static func checkText(_ bytes: [UInt8]) throws(LegacyFlaw) {
    if bytes.allSatisfy({ [9, 10, 13, 32].contains($0) }) { throw LegacyFlaw(.empty, "there is nothing in it") }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.starts(with: [0xFF, 0xFE])
      || bytes.starts(with: [0xFE, 0xFF])
    {
      throw LegacyFlaw(.encoding, "it begins with a byte order mark, which JSON has not")
    }
    if String(validating: bytes, as: UTF8.self) == nil { throw LegacyFlaw(.encoding, "it is not UTF-8") }
  }

  /// Arrays and objects within each other; a status has one.
  private static let deepest = 32
}

/// The members of a status.
private struct LegacyFields {
  private let object: JSONObject
  var notes: [String] = []

  init(_ object: JSONObject) { self.object = object }

  func has(_ name: String) -> Bool {
    switch object[name] {
    case nil, .null?: false
    default: true
    }
  }

  func required(_ name: String) throws(LegacyFlaw) -> String {
    switch object[name] {
    case nil: throw LegacyFlaw(.shape, "\"\(name)\" is missing")
    case .string(let text)?:
      if text.utf8.contains(0) { throw LegacyFlaw(.shape, "\"\(name)\" holds a NUL character") }
      return text
    case let other?: throw LegacyFlaw(.shape, "\"\(name)\" is \(other.kind), not a string")
    }
  }

  /// A short text that may be missing; blank is none.
  func name(_ name: String) throws(LegacyFlaw) -> String? {
    guard has(name) else { return nil }
    let text = try required(name)
    return text.nonBlank == nil ? nil : text
  }

  /// A long text that may be missing. A NUL, which no database keeps, becomes U+FFFD.
  mutating func prose(_ name: String) throws(LegacyFlaw) -> String? {
    guard has(name) else { return nil }
    guard case .string(let text)? = object[name], text.utf8.contains(0) else { return try required(name) }
    notes.append("a NUL character in \"\(name)\" becomes U+FFFD")
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
  }

  func flag(_ name: String) throws(LegacyFlaw) -> Bool? {
    guard has(name), let value = object[name] else { return nil }
    guard case .bool(let flag) = value else {
      throw LegacyFlaw(.shape, "\"\(name)\" is \(value.kind), not a boolean")
    }
    return flag
  }

  mutating func state(_ stage: Stage) throws(LegacyFlaw) -> BundleState {
    let word = try required("state")
    guard let state = BundleState(rawValue: word) else {
      notes.append("the state '\(word)' is unknown: the stage tells it")
      return stage.state
    }
    if state != stage.state { notes.append("the state '\(word)' is not that of the stage '\(stage.rawValue)'") }
    return state
  }

  mutating func moment(_ name: String) throws(LegacyFlaw) -> Timestamp {
    if case .number(let milliseconds)? = object[name] {
      guard let moment = JavaScriptDate.parse(milliseconds: milliseconds) else {
        throw LegacyFlaw(.date, "\"\(name)\" is no count of milliseconds: \(milliseconds)")
      }
      notes.append("\"\(name)\" is a number: it counts as milliseconds since 1970")
      return moment
    }
    let text = try required(name)
    guard let moment = JavaScriptDate.parse(text) else {
      throw LegacyFlaw(.date, "\"\(name)\" is no moment, or one without a time zone: '\(text)'")
    }
    let kept = moment.wholeMilliseconds
    if kept.iso8601 != text { notes.append("\"\(name)\" is written as '\(text)'") }
    return kept
  }
}
