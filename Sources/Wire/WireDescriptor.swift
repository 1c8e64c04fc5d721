package import BundleModel
package import JSON

/// Why a descriptor on the wire cannot be used.
package struct WireDescriptorError: Error, Equatable, CustomStringConvertible {
  /// One line; quotes nothing of the descriptor, whose URL may hold a password.
  package let message: String

  package var description: String { message }
}

extension Descriptor {
  /// The names on the wire.
  package static let wireNames = ["commit", "configPath", "module", "path", "ref", "repo"]

  /// Reads AppHub's descriptor: values are trimmed, `module` and exactly one of `repo` and `path` are required.
  ///
  /// What the values mean, and whether a pod takes them, is for the pod that packages. Source: contract section 1.
  package init(wire object: JSONObject) throws(WireDescriptorError) {
    if let unknown = object.keys.first(where: { !Self.wireNames.contains($0) }) {
      throw WireDescriptorError(
        message: "has a field that no descriptor has, \(UntrustedText.line(unknown, limit: 40))")
    }
    func text(_ name: String) throws(WireDescriptorError) -> String? {
      guard let value = object[name] else { return nil }
      guard case .string(let text) = value else {
        throw WireDescriptorError(message: "\(name) must be a string, not \(value.kind)")
      }
      guard let text = text.nonBlank else { throw WireDescriptorError(message: "\(name) is empty") }
      guard !text.utf8.contains(0) else { throw WireDescriptorError(message: "\(name) holds a NUL character") }
      return text
    }
    guard let module = try text("module") else { throw WireDescriptorError(message: "module is required") }
    let (repo, path) = (try text("repo"), try text("path"))
    guard (repo == nil) != (path == nil) else {
      throw WireDescriptorError(message: "exactly one of repo and path is required")
    }
    self.init(
      module: module, repo: repo, path: path, ref: try text("ref"), commit: try text("commit"),
      configPath: try text("configPath"))
  }
}
