import BundleModel
import Synchronization
import TestSupport
import Testing

@testable import S3

/// Clocks that disagree are put right once, kept, and put right again when they change.
@Suite struct SkewTests {
  private static let refusal = "<Error><Code>RequestTimeTooSkewed</Code></Error>"

  /// A server that goes by its own clock: what is dated more than 15 minutes off is refused.
  private static func strict(
    _ clock: Clock, status: Int = 403, body: String = refusal, date: String? = nil
  ) -> ScriptedServer.Reply {
    .by { request in
      let theirs = clock.now
      let signed = request.header("x-amz-date").flatMap(moment) ?? Timestamp(microseconds: 0)
      let header = "Date: \(date ?? httpDate(theirs))"
      let apart = theirs.since(signed)
      guard apart < .seconds(900), apart > .seconds(-900) else {
        return .answer(status, headers: [header], body: body)
      }
      return .answer(200, headers: [header])
    }
  }

  /// A clock that a test sets.
  private final class Clock: Sendable {
    private let value: Mutex<Timestamp>
    init(_ text: String) { value = Mutex(Timestamp(iso8601: text)!) }
    var now: Timestamp { value.withLock { $0 } }
    func set(_ text: String) { value.withLock { $0 = Timestamp(iso8601: text)! } }
  }

  @Test(arguments: ["2026-01-02T02:00:00Z", "2026-01-02T04:30:00Z", "1970-01-01T00:00:10Z"])
  func learnsInBothDirections(_ ours: String) async throws {
    let theirs = Clock("2026-01-02T03:04:05Z")
    let ourClock = Clock(ours)
    let server = try ScriptedServer(Self.strict(theirs))
    defer { server.stop() }
    let client = try scriptedClient(of: server, retry: .never, now: { ourClock.now })
    try await client.headBucket("bucket")
    try await client.headBucket("bucket")
    #expect(server.requests.count == 3, "the offset was not kept")
    #expect(client.signingMoment == theirs.now, "presigned URLs are dated by another clock")
  }

  /// Not every server says why: some deny, some say 400, and a HEAD has no body at all.
  @Test(arguments: [403, 400]) func learnsFromAPlainRefusal(_ status: Int) async throws {
    let theirs = Clock("2026-01-02T03:04:05Z")
    let ours = Clock("2026-01-02T02:00:00Z")
    let server = try ScriptedServer(
      Self.strict(theirs, status: status, body: "<Error><Code>AccessDenied</Code></Error>"))
    defer { server.stop() }
    let client = try scriptedClient(of: server, retry: .never, now: { ours.now })
    try await client.headBucket("bucket")
    #expect(server.requests.count == 2)
  }

  /// Amazon names the bucket's region beside; it is ours already.
  @Test func aRegionBesideIsNoRedirect() async throws {
    let theirs = try #require(Timestamp(iso8601: "2026-01-02T03:04:05Z"))
    let server = try ScriptedServer(
      .answer(400, headers: ["Date: Fri, 02 Jan 2026 03:04:05 GMT", "x-amz-bucket-region: us-east-1"]),
      .answer(200))
    defer { server.stop() }
    let client = try scriptedClient(of: server, retry: .never, now: { theirs.advanced(by: .seconds(-3600)) })
    try await client.headBucket("bucket")
    #expect(server.requests.count == 2)
  }

  /// Somebody sets our clock right while we go on correcting it.
  @Test func learnsAnewWhenItBecomesWrong() async throws {
    let theirs = Clock("2026-01-02T03:04:05Z")
    let ours = Clock("2026-01-02T02:00:00Z")
    let server = try ScriptedServer(Self.strict(theirs))
    defer { server.stop() }
    let client = try scriptedClient(of: server, retry: .never, now: { ours.now })
    try await client.headBucket("bucket")
    ours.set("2026-01-02T03:04:05Z")
    try await client.headBucket("bucket")
    #expect(server.requests.count == 4)
    #expect(client.signingMoment == ours.now)
    theirs.set("2026-01-02T05:00:00Z")
    try await client.headBucket("bucket")
    #expect(server.requests.count == 6)
  }

  /// A denial stays a denial, and what a proxy's frozen Date taught is forgotten again.
  @Test func aDenialIsNotTheClocksFault() async throws {
    let server = try ScriptedServer(
      .answer(
        403, headers: ["Date: Fri, 02 Jan 2026 03:04:05 GMT"], body: "<Error><Code>AccessDenied</Code></Error>"))
    defer { server.stop() }
    let ours = try #require(Timestamp(iso8601: "2026-06-02T03:04:05Z"))
    let client = try scriptedClient(of: server, now: { ours })
    let error = await failure { () throws(S3Error) in try await client.deleteObject(bucket: "bucket", key: "key") }
    #expect(error?.kind == .denied)
    #expect(server.requests.count == 2)
    #expect(client.signingMoment == ours)
  }

  @Test(arguments: [
    "yesterday", "Fri, 02 Jan 0001 03:04:05 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 02 Jan 99999 03:04:05 GMT",
    "Fri, 02 Jan -2026 03:04:05 GMT", "Fri, 99 Jan 2026 03:04:05 GMT", "", "Fri, 02 Jan 2026 03:04:05 GMT GMT",
  ])
  func garbageTeachesNothing(_ date: String) async throws {
    let server = try ScriptedServer(.answer(403, headers: ["Date: \(date)"], body: Self.refusal), .answer(200))
    defer { server.stop() }
    let ours = try #require(Timestamp(iso8601: "2026-01-02T03:04:05Z"))
    let client = try scriptedClient(of: server, now: { ours })
    let error = await failure { () throws(S3Error) in try await client.deleteObject(bucket: "bucket", key: "key") }
    #expect(error?.kind == .clockSkew)
    #expect(server.requests.count == 1)
    #expect(client.signingMoment == ours)
  }

  @Test(arguments: [
    (0, 0, 0, false), (299, 0, 0, false), (301, 0, 0, true), (-301, 0, 0, true),
    // An upload of ten minutes: the answer is dated when it came, not when the upload began.
    (600, 0, 600, false), (901, 0, 600, true),
    // Our clock went back meanwhile.
    (10, 0, -600, false),
  ])
  func isApart(_ date: Int64, _ signed: Int64, _ received: Int64, _ apart: Bool) {
    func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: (1_800_000_000 + seconds) * 1_000_000) }
    #expect(ServerClock.isApart(at(date), signed: at(signed), received: at(received)) == apart)
  }
}

/// `20260102T030405Z`.
private func moment(_ text: String) -> Timestamp? {
  let t = Array(text)
  guard t.count == 16 else { return nil }
  func part(_ range: Range<Int>) -> String { String(t[range]) }
  return Timestamp(
    iso8601: "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
}

private func httpDate(_ moment: Timestamp) -> String {
  let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  let t = CivilTime(moment)
  return
    "Fri, \(t.day.padded(2)) \(months[t.month - 1]) \(t.year) "
    + "\(t.hour.padded(2)):\(t.minute.padded(2)):\(t.second.padded(2)) GMT"
}
