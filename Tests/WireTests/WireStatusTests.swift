import BundleModel
import FoundationEssentials
import JSON
import Testing
import Wire

@Suite("Status on the wire")
struct WireStatusTests {
  private static let appHub = [
    "slug", "fingerprint", "stage", "state", "createdAt", "updatedAt", "jobId", "version", "checksum", "filename",
    "storageKind", "storageKey", "storageUrl", "contentType", "artifactId", "artifactUploadedAt", "downloadUrl",
    "downloadUrlExpiresAt", "error", "message", "completedAt", "cached", "size",
  ]
  private static let ours = ["attempt", "pod", "bytesDone", "bytesTotal", "verification", "verifiedAt"]

  /// A JSON value as far as a status holds them.
  private enum Field: Decodable, Equatable {
    case null
    case text(String)
    case number(Int64)
    case flag(Bool)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Int64.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  private func fields(_ status: BundleStatus, publicURL: String? = nil) throws -> [String: Field] {
    let data = try JSONEncoder().encode(WireStatus(status, publicURL: publicURL))
    return try JSONDecoder().decode([String: Field].self, from: data)
  }

  private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

  @Test("Where nothing is known all fields are there, and null")
  func nothingKnown() throws {
    let moment = try moment("2026-01-02T03:04:05.678Z")
    let slug = try #require(Slug("demo"))
    let found = try fields(BundleStatus(slug: slug, stage: .queued, createdAt: moment, updatedAt: moment))
    #expect(Set(found.keys) == Set(Self.appHub + Self.ours))
    #expect(Self.appHub.count == 23 && found.count == 29)
    #expect(found["slug"] == .text("demo"))
    #expect(found["fingerprint"] == .text("pending"))
    #expect(found["stage"] == .text("queued"))
    #expect(found["state"] == .text("queued"))
    #expect(found["createdAt"] == .text("2026-01-02T03:04:05.678Z"))
    let known: Set = ["slug", "fingerprint", "stage", "state", "createdAt", "updatedAt"]
    for (name, field) in found where !known.contains(name) { #expect(field == .null, "\(name)") }
  }

  private func completed() throws -> BundleStatus {
    let moment = try moment("2026-01-02T03:04:05Z")
    let slug = try #require(Slug("de mo"))
    let fingerprint = try #require(Fingerprint("f/1"))
    let artifact = Artifact(
      id: "a1", slug: slug, fingerprint: fingerprint, version: "1.0", checksum: "abc", filename: "demo.tgz",
      storageKind: .s3, storageKey: "k/demo.tgz", storageURL: "s3://b/k/demo.tgz", contentType: "application/gzip",
      size: 9_007_199_254_740_993, uploadedAt: moment.advanced(by: .milliseconds(1)), createdAt: moment,
      verifiedAt: moment,
      verification: .mismatch)
    return BundleStatus(
      slug: slug, fingerprint: fingerprint, stage: .completed, jobID: "j1", version: "1.0", checksum: "abc",
      filename: "demo.tgz", cached: false, error: nil, message: "built", createdAt: moment, updatedAt: moment,
      completedAt: moment.advanced(by: .seconds(1)), artifact: artifact, attempt: 2, pod: "pod-a", bytesDone: 5,
      bytesTotal: 6)
  }

  @Test("A completed bundle tells everything, with types and times as AppHub's")
  func everythingKnown() throws {
    let found = try fields(try completed())
    let expected: [String: Field] = [
      "state": .text("completed"), "stage": .text("completed"), "jobId": .text("j1"), "version": .text("1.0"),
      "checksum": .text("abc"), "filename": .text("demo.tgz"), "storageKind": .text("s3"),
      "storageKey": .text("k/demo.tgz"), "storageUrl": .text("s3://b/k/demo.tgz"),
      "contentType": .text("application/gzip"), "artifactId": .text("a1"),
      "artifactUploadedAt": .text("2026-01-02T03:04:05.001Z"), "completedAt": .text("2026-01-02T03:04:06.000Z"),
      "cached": .flag(false), "size": .number(9_007_199_254_740_993), "error": .null, "message": .text("built"),
      "downloadUrl": .text("/examples/bundles/de%20mo/fingerprints/f%2F1/download"), "downloadUrlExpiresAt": .null,
      "attempt": .number(2), "pod": .text("pod-a"), "bytesDone": .number(5), "bytesTotal": .number(6),
      "verification": .text("mismatch"), "verifiedAt": .text("2026-01-02T03:04:05.000Z"),
    ]
    for (name, field) in expected { #expect(found[name] == field, "\(name)") }
  }

  @Test(
    "Download links are absolute where the address of the pods is known",
    arguments: ["https://apphub.example", "https://apphub.example/", "https://apphub.example//"])
  func absolute(publicURL: String) throws {
    #expect(
      try fields(try completed(), publicURL: publicURL)["downloadUrl"]
        == .text("https://apphub.example/examples/bundles/de%20mo/fingerprints/f%2F1/download"))
  }

  @Test("Slugs of any bytes make a path of one segment", arguments: ["a/../b", "ü", "%", "a?b#c", "\u{1b}[2J"])
  func hostileSlug(slug: String) throws {
    var status = try completed()
    let slug = try #require(Slug(slug))
    status.slug = slug
    status.artifact?.slug = slug
    let route = try #require(status.downloadRoute())
    let parts = route.split(separator: "/", omittingEmptySubsequences: false)
    #expect(parts.count == 7)
    #expect(
      parts[3].utf8.allSatisfy {
        ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122) || "-._~%".utf8.contains($0)
      })
  }

  private static let hostile = ["", "a\"b\\c/d", "\u{1B}[2J\n\t", "ü😀\u{202E}\u{7F}\u{9B}", "\u{0}"]

  @Test("Written at once it is what an encoder makes of it, in both layouts", arguments: hostile)
  func oneDocument(text: String) throws {
    var known = try completed()
    known.message = text
    known.error = text
    let moment = known.updatedAt
    let unknown = BundleStatus(slug: known.slug, stage: .queued, createdAt: moment, updatedAt: moment)
    let layouts: [(JSONWriter.Layout, JSONEncoder.OutputFormatting)] = [(.line, []), (.indented, .prettyPrinted)]
    for (layout, format) in layouts {
      for statuses in [[known, unknown], []] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = format.union([.sortedKeys, .withoutEscapingSlashes])
        let encoded = try encoder.encode(statuses.map { WireStatus($0, publicURL: "https://x") })
        let written = WireStatus.array(statuses, publicURL: "https://x", layout: layout)
        #expect(written.text == JSONEscape.harmless(String(decoding: encoded, as: UTF8.self)))
      }
    }
  }
}
