internal import BundleModel
internal import JSON

/// What `manifest.json` says of a bundle.
struct Manifest: Equatable, Sendable {
  var name: String
  var version: String
  /// As written, or `node18`.
  var runtime: String
  /// Where a node runtime starts; nil for Python.
  var entry: String?
  /// Where a Python runtime starts; nil for node.
  var pythonEntry: String?
  var capabilities: [String]
  var summary: String?

  /// What a missing runtime means.
  static let defaultRuntime = "node18"

  /// True for a runtime that begins with `python`.
  var isPython: Bool { Manifest.isPython(runtime) }

  /// Reads and checks the JSON of a manifest.
  ///
  /// Fails (class bundle) with `Manifest validation failed` and a line `<path>: <message>` for everything wrong.
  init(json: [UInt8], path: String = "manifest.json") throws(PackagingError) {
    let document: JSONValue
    do {
      document = try JSONValue(parsing: json)
    } catch {
      throw PackagingError(.bundle, "\(path): \(error)")
    }
    var check = Check()
    guard case .object(let fields) = document else {
      check.problems.append("/: must be an object, not \(document.kind)")
      throw check.failure
    }
    name = check.text("name", in: fields, isRequired: true)
    version = check.text("version", in: fields, isRequired: true)
    let runtime = check.text("runtime", in: fields, isRequired: false)
    self.runtime = runtime.isEmpty ? Manifest.defaultRuntime : runtime
    let isPython = Manifest.isPython(self.runtime)
    let entry = check.text("entry", in: fields, isRequired: !isPython)
    let pythonEntry = check.text("pythonEntry", in: fields, isRequired: isPython)
    self.entry = entry.isEmpty ? nil : entry
    self.pythonEntry = pythonEntry.isEmpty ? nil : pythonEntry
    capabilities = check.capabilities(in: fields)
    summary = check.text("description", in: fields, isRequired: false, mayBeBlank: true).nonBlank
    if let metadata = fields["metadata"], case .object = metadata {
    } else if let metadata = fields["metadata"] {
      check.problems.append("/metadata: must be an object, not \(metadata.kind)")
    }
    guard check.problems.isEmpty else { throw check.failure }
  }

  private static func isPython(_ runtime: String) -> Bool { runtime.lowercased().hasPrefix("python") }
}

/// Collects everything that is wrong with a manifest.
private struct Check {
  var problems: [String] = []

  var failure: PackagingError {
    PackagingError(.bundle, (["Manifest validation failed"] + problems).joined(separator: "\n"))
  }

  mutating func text(
    _ name: String, in fields: JSONObject, isRequired: Bool, mayBeBlank: Bool = false
  ) -> String {
    guard let value = fields[name] else {
      if isRequired { problems.append("/\(name): is required") }
      return ""
    }
    guard case .string(let text) = value else {
      problems.append("/\(name): must be a string, not \(value.kind)")
      return ""
    }
    guard let kept = text.nonBlank else {
      if !mayBeBlank { problems.append("/\(name): must not be empty") }
      return ""
    }
    return kept
  }

  mutating func capabilities(in fields: JSONObject) -> [String] {
    guard let value = fields["capabilities"] else { return [] }
    guard case .array(let values) = value else {
      problems.append("/capabilities: must be an array, not \(value.kind)")
      return []
    }
    var out: [String] = []
    for (index, value) in values.enumerated() {
      guard case .string(let text) = value, let kept = text.nonBlank else {
        problems.append("/capabilities/\(index): must be a non-empty string")
        continue
      }
      if out.contains(kept) {
        problems.append("/capabilities/\(index): \"\(kept)\" is there twice")
      } else {
        out.append(kept)
      }
    }
    return out
  }
}
