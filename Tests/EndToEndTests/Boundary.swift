import TestSupport

/// The places of an attempt between which everything happens, and the bundle whose attempt is stopped there.
enum Boundary: String, CaseIterable, Sendable {
  case resolving = "at-resolving"
  case installing = "at-installing"
  case packaging = "at-packaging"
  /// A part of the archive has reached the store.
  case uploading = "at-uploading"
  /// The object is stored, the transaction is open, and its last statement has not reached the database.
  case beforePublish = "before-publish"
  /// The transaction is committed, and the pod does not know.
  case afterPublish = "after-publish"

  /// The bundle.
  var slug: String { rawValue }
  /// Random data in the archive, so that sockets do not swallow it whole.
  var bytes: Int { self == .uploading ? 6 << 20 : 1000 }
  /// Whether the job is at its end here.
  var isDone: Bool { self == .afterPublish }
}

extension Cluster {
  /// Writes a node bundle with a lock file: every stage has something to do.
  func writeNodeBundle(_ slug: String, bytes: Int = 1000) throws {
    let place = "examples/\(slug)"
    try folder.write(
      #"{"slug": "\#(slug)", "entry": "src/index.js", "files": ["manifest.json", "dist/**/*", "data/**/*"]}"#,
      to: "\(place)/apphub.bundle.json")
    try folder.write(
      #"{"name": "\#(slug)", "version": "1.0.0", "runtime": "node18", "entry": "dist/index.js"}"#,
      to: "\(place)/manifest.json")
    try folder.write(#"{"name": "\#(slug)", "version": "1.0.0"}"#, to: "\(place)/package.json")
    try folder.write(
      #"{"name": "\#(slug)", "version": "1.0.0", "lockfileVersion": 3, "packages": {}}"#,
      to: "\(place)/package-lock.json")
    try folder.write("module.exports = \"\(slug)\";\n", to: "\(place)/src/index.js")
    var generator = Noise(state: 88_172_645_463_325_252)
    var noise: [UInt8] = []
    noise.reserveCapacity(bytes + 8)
    while noise.count < bytes { withUnsafeBytes(of: generator.next()) { noise.append(contentsOf: $0) } }
    try folder.write(noise, to: "\(place)/data/noise")
  }
}

/// Bytes that do not compress: xorshift64.
private struct Noise: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
