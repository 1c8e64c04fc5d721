import BundleModel
internal import Glibc
import Hashing
import TestSupport

/// A directory as AppHub leaves it, written with nothing of ours.
struct LegacyHome {
  let path: String
  /// Its name for the cluster's folder.
  private let name: String
  private let folder: TemporaryDirectory

  init(_ cluster: Cluster, _ name: String = "legacy") throws {
    (folder, self.name) = (cluster.folder, name)
    path = try cluster.folder.makeFolder(name)
    try cluster.folder.makeFolder("\(name)/status")
    try cluster.folder.makeFolder("\(name)/artifacts")
  }

  /// `2026-01-02T03:04:05.000Z` and so many milliseconds.
  static func moment(_ milliseconds: Int64 = 0) -> String {
    Timestamp(microseconds: 1_767_323_045_000_000 + milliseconds * 1_000).iso8601
  }

  static func fingerprint(_ slug: String) -> String { hex("inputs of \(slug)") }

  /// A completed status and its archive; returns the SHA-256 of the archive.
  @discardableResult
  func addCompleted(
    _ slug: String, bytes: [UInt8], at milliseconds: Int64 = 0, checksum: String? = nil, filename: String? = nil
  ) throws -> String {
    let print = LegacyHome.fingerprint(slug)
    let file = "\(slug)-1.0.0.tgz"
    try folder.write(bytes, to: "\(name)/artifacts/\(slug)/\(print)/\(file)")
    let sum = LegacyHome.hex(bytes)
    try addStatus(
      slug, "completed", at: milliseconds,
      more: [
        "version": "1.0.0", "checksum": checksum ?? sum, "filename": filename ?? file,
      ])
    return sum
  }

  /// A status as AppHub writes it.
  func addStatus(
    _ slug: String, _ stage: String, at milliseconds: Int64 = 0, more: [String: String] = [:]
  ) throws {
    let states = ["completed": "completed", "failed": "failed", "queued": "queued"]
    var lines = [
      ("slug", slug), ("fingerprint", LegacyHome.fingerprint(slug)), ("stage", stage),
      ("state", states[stage] ?? "running"), ("jobId", slug),
    ]
    lines += more.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    lines += [
      ("updatedAt", LegacyHome.moment(milliseconds)), ("createdAt", LegacyHome.moment(milliseconds - 60_000)),
    ]
    let text = lines.map { "  \"\($0.0)\": \"\($0.1)\"" }.joined(separator: ",\n")
    try folder.write("{\n\(text)\n}\n", to: "\(name)/status/\(slug).json")
  }

  /// Any file.
  func write(_ text: String, to file: String) throws { try folder.write(text, to: "\(name)/\(file)") }

  /// A link below the directory.
  func link(_ file: String, to target: String) throws {
    try folder.makeFolder("\(name)/" + file.split(separator: "/").dropLast().joined(separator: "/"))
    guard symlink(target, "\(path)/\(file)") == 0 else { throw TestSupportError("cannot link \(file)") }
  }

  /// Every file with size, time and content, to see that nothing was touched.
  func listing() async throws -> String {
    let script =
      "find . ! -name .bundletop-source -printf '%p %y %s %T@ %l\\n' | sort | tail -n +2; cat status/*.json"
    return try await Program.run("sh", ["-c", script], workingDirectory: path).output
  }

  /// Bytes that nothing can make smaller.
  static func noise(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes += $0 } }
    return Array(bytes.prefix(count))
  }

  static func hex(_ bytes: some ContiguousBytesView) -> String {
    Checksum(digest: SHA256.digest(of: bytes))?.hex ?? ""
  }
}
