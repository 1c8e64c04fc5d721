internal import BundleModel

/// `s3://bucket/key`. The key is literal: never percent-decoded, never normalised, cut by bytes.
struct S3Location: Equatable {
  var bucket: String
  /// May be empty: then the whole bucket is meant.
  var key: String

  init(bucket: String, key: String) { (self.bucket, self.key) = (bucket, key) }

  /// - Throws: a usage failure that says what an address looks like.
  init(_ text: String) throws(CommandFailure) {
    // By bytes: to Swift a slash with a combining mark behind it is another character than a slash.
    let bytes = Array(text.utf8)
    let scheme = Array("s3://".utf8)
    guard bytes.starts(with: scheme) else {
      throw CommandFailure(.usage, "\(UntrustedText.line(text, limit: 200)) is not an address like s3://bucket/key")
    }
    guard !S3Location.wasRepaired(text) else {
      throw CommandFailure(
        .usage, "\(UntrustedText.line(text, limit: 200)) is not UTF-8, which the keys of object stores must be")
    }
    let parts = bytes[scheme.count...].split(separator: 47, maxSplits: 1, omittingEmptySubsequences: false)
    bucket = String(decoding: parts[0], as: UTF8.self)
    key = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
    guard !bucket.isEmpty else {
      throw CommandFailure(
        .usage, "\(UntrustedText.line(text, limit: 200)) names no bucket: an address is s3://bucket/key")
    }
    guard key.utf8.count <= 1024 else {
      throw CommandFailure(.usage, "the key has \(key.utf8.count) bytes: 1,024 is the most that object stores take")
    }
  }

  /// The address of one object.
  ///
  /// - Throws: also when the key is empty.
  static func object(_ text: String) throws(CommandFailure) -> S3Location {
    let location = try S3Location(text)
    guard !location.key.isEmpty else {
      throw CommandFailure(.usage, "\(location) names a bucket and no object: an address is s3://bucket/key")
    }
    return location
  }

  /// True when the key ends in a slash or is empty: what is put there goes below it.
  var isPrefix: Bool { key.isEmpty || key.utf8.last == 47 }

  /// What stands behind the key's last slash.
  var baseName: String { S3Location.baseName(key) }

  /// What stands behind the last slash, by bytes.
  static func baseName(_ path: String) -> String {
    let bytes = Array(path.utf8)
    let start = bytes.lastIndex(of: 47).map { $0 + 1 } ?? 0
    return String(decoding: bytes[start...], as: UTF8.self)
  }

  /// Swift repairs arguments that are no UTF-8, and what is left names another object.
  private static func wasRepaired(_ text: String) -> Bool {
    guard text.unicodeScalars.contains("\u{FFFD}") else { return false }
    for index in 0..<Int(CommandLine.argc) {
      guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else {
        continue
      }
      return true
    }
    return false
  }
}

extension S3Location: CustomStringConvertible {
  /// For people: controls are taken out.
  var description: String { UntrustedText.line("s3://\(bucket)/\(key)", limit: 300) }
}
