package import BundleModel

/// Settings that may be secret: each is a variable, or a file that the variable of the same name with `_FILE` names.
///
/// A blank value counts as unset. Of a file, one line end at the end is cut.
package struct SecretVariables: Sendable {
  /// What every name begins with.
  package let prefix: String
  private let environment: Secret<[String: String]>

  package init(environment: [String: String], prefix: String = "APPHUB_BUNDLE_STORAGE_") {
    self.prefix = prefix
    self.environment = Secret(environment)
  }

  /// A setting's value and where it came from.
  package struct Value: Sendable {
    package let text: Secret<String>
    /// The variable that said it.
    package let variable: String
    /// The file that was read, if one was.
    package let path: String?
    package let stamp: SecretFile.Stamp?
  }

  /// The value of a variable outside the prefix.
  package func plain(_ variable: String) -> String? { environment.reveal()[variable]?.nonBlank }

  /// The value of `<prefix><name>` or the content of the file that `<prefix><name>_FILE` names; nil when neither is
  /// set. Reads the file.
  ///
  /// - Throws: `.invalidRequest` when both are set, when the file cannot be read, is empty, is no text or is longer
  ///   than 64 KiB; the message names variable and path, never the content.
  package func value(_ name: String) throws(S3Error) -> Value? {
    let variable = prefix + name
    let fileVariable = variable + "_FILE"
    let direct = plain(variable)
    guard let path = plain(fileVariable) else {
      return direct.map { Value(text: Secret($0), variable: variable, path: nil, stamp: nil) }
    }
    guard direct == nil else {
      throw SecretVariables.wrong("\(variable) and \(fileVariable) are both set: set one of them")
    }
    let place = "\(fileVariable): \(UntrustedText.line(path, limit: 300))"
    let file: SecretFile
    do throws(SecretFile.Unreadable) {
      guard let found = try SecretFile(path) else { throw SecretFile.Unreadable(reason: "there is no such file") }
      file = found
    } catch {
      throw SecretVariables.wrong("\(place) cannot be read: \(error.reason)")
    }
    var bytes = file.bytes.reveal()[...]
    if bytes.last == 10 { bytes.removeLast() }
    if bytes.last == 13 { bytes.removeLast() }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw SecretVariables.wrong("\(place) holds bytes that are no text")
    }
    guard text.nonBlank != nil else { throw SecretVariables.wrong("\(place) is empty") }
    return Value(text: Secret(text), variable: fileVariable, path: path, stamp: file.stamp)
  }

  /// An error of settings; nothing was sent.
  static func wrong(_ message: String) -> S3Error {
    S3Error(kind: .invalidRequest, code: "Settings", message: message)
  }
}
