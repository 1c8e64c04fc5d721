import ArtifactStorage
import BundleModel
import BundleStore
import JSON
import Testing

@testable import PodAPI

@Suite("Events as clients get them")
struct EventEncoderTests {
  private static let position = EventPosition(transaction: 7, number: 9)
  private static let moment = Timestamp(microseconds: 1_700_000_000_000_000)

  private static func event(_ kind: BundleEvent.Kind) -> BundleEvent {
    BundleEvent(position: position, kind: kind, at: moment)
  }

  private static func completed(message: String = "built") -> BundleStatus {
    let artifact = Artifact(
      id: "1", slug: Slug("a b")!, fingerprint: Fingerprint("f")!, version: "1", checksum: "c", filename: "a.tgz",
      storageKind: .s3, storageKey: "k", storageURL: "s3://b/k", uploadedAt: moment, createdAt: moment)
    return BundleStatus(
      slug: Slug("a b")!, fingerprint: Fingerprint("f")!, stage: .completed, message: message, createdAt: moment,
      updatedAt: moment, artifact: artifact)
  }

  private static func lines(_ encoder: EventEncoder, _ kind: BundleEvent.Kind) async -> [String] {
    let encoded = await encoder.encode([event(kind)])
    return String(decoding: encoded[0].bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .map(String.init)
  }

  @Test("an event is three lines and an empty one, whatever its text holds")
  func progress() async throws {
    let lines = await Self.lines(
      EventEncoder(linkBase: nil), .progress(Self.completed(message: "two\nlines\r\n\nid: 1-1\u{2028}")))
    #expect(lines.count == 5)
    #expect(lines.prefix(2) == ["id: 7-9", "event: example.bundle.progress"])
    #expect(lines.suffix(2) == ["", ""])
    #expect(!lines[2].contains("\r"))
    let data = try JSONValue(parsing: Array(lines[2].dropFirst("data: ".count).utf8))
    #expect(NamedSchemas.status.complaint(about: data) == nil)
  }

  @Test("a removal names the bundle, a resync its reason")
  func others() async {
    let encoder = EventEncoder(linkBase: nil)
    #expect(
      await Self.lines(encoder, .removed(Slug("a")!)) == [
        "id: 7-9", "event: example.bundle.removed", #"data: {"at":"2023-11-14T22:13:20.000Z","slug":"a"}"#, "", "",
      ])
    #expect(
      await Self.lines(encoder, .resync).prefix(2) == ["id: 7-9", "event: example.bundle.resync"])
  }

  private static let route = "/examples/bundles/a%20b/fingerprints/f/download"

  @Test(
    "download links lead to the pods' route, under the name that was asked for",
    arguments: [(nil, ""), ("https://public", "https://public"), ("http://pods:8080", "http://pods:8080")])
  func links(base: String?, prefix: String) async throws {
    let data = await Self.lines(EventEncoder(linkBase: base), .progress(Self.completed()))[2]
    #expect(data.contains(#""downloadUrl":"\#(prefix)\#(Self.route)","downloadUrlExpiresAt":null"#))
  }

  @Test("signed links are told with their end; where none can be made the route stays")
  func signed() async throws {
    let link = SignedLink(url: Secret("https://store/k?X=1"), expiresAt: Self.moment)
    let signing = EventEncoder(linkBase: nil) { $0.slug == Slug("a b") ? link : nil }
    #expect(
      await Self.lines(signing, .progress(Self.completed()))[2].contains(
        #""downloadUrl":"https://store/k?X=1","downloadUrlExpiresAt":"2023-11-14T22:13:20.000Z""#))
    let failing = EventEncoder(linkBase: nil) { _ in nil }
    #expect(
      await Self.lines(failing, .progress(Self.completed()))[2].contains(
        #""downloadUrl":"\#(Self.route)","downloadUrlExpiresAt":null"#))
  }
}
