import BundleModel
import Postgres
import TestSupport
import Testing

@testable import BundleStore

@Suite("Fail", .serialized)
struct FailTests {
  @Test("What trying again cannot help fails at once", arguments: ErrorClass.allCases.filter { !$0.isTransient })
  func atOnce(errorClass: ErrorClass) async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker("pod-a"))
      _ = try await fixture.store.report(Progress(stage: .packaging, fingerprint: Fingerprint("f1")), for: claim)
      let end = try await fixture.store.fail(claim, errorClass: errorClass, error: "broken\nhere", tail: "t")
      #expect(end == .ended(.failed))
      let row = try #require(try await fixture.status("a"))
      #expect(row.state == .failed && row.stage == .failed && row.error == "broken\nhere" && row.attempt == 1)
      #expect(row.fingerprint.text == "f1" && row.pod == "pod-a")
      let attempt = try #require(try await fixture.store.attempts(of: "a").first)
      #expect(attempt.outcome == .failed && attempt.error == "broken\nhere" && attempt.errorClass == errorClass)
      #expect(try await fixture.store.claim(fixture.worker(), catalogue: ["a"], limit: 1) == [])
    }
  }

  @Test(
    "What may pass is tried again after a wait, until the attempts are used up",
    arguments: ErrorClass.allCases.filter(\.isTransient))
  func transient(errorClass: ErrorClass) async throws {
    try await StoreFixture.with { fixture in
      let store = fixture.store
      _ = try await store.enqueue("a", by: "me")
      for attempt in 1...3 {
        let claim = try await fixture.claimQueued("a", by: fixture.worker())
        #expect(claim.attempt == attempt)
        let end = try await store.fail(claim, errorClass: errorClass, error: "no answer \(attempt)", random: 1)
        let row = try #require(try await fixture.status("a"))
        if attempt < 3 {
          #expect(end == .ended(.queued))
          #expect(row.state == .queued && row.attempt == attempt + 1 && row.jobID == claim.job.text)
          #expect(row.message == "attempt \(attempt) failed, the next one follows by itself: no answer \(attempt)")
          let wait =
            "select extract(epoch from run_at - now()) between -60 and 0.08 and run_at > created_at from example_bundle_jobs"
          #expect(try await fixture.value(wait) == true)
          try await fixture.makeDue("a")
        } else {
          #expect(end == .ended(.failed))
          #expect(row.state == .failed && row.attempt == 3 && row.error == "no answer 3")
        }
      }
      // The error of every earlier attempt stays readable.
      #expect(try await store.attempts(of: "a").map(\.error) == ["no answer 3", "no answer 2", "no answer 1"])
    }
  }

  @Test("The wait is kept by the database")
  func waits() async throws {
    var slow = StoreFixture.times
    slow.backoff = .seconds(600) ... .seconds(600)
    try await StoreFixture.with(settings: slow) { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.fail(claim, errorClass: .timeout, error: "late")
      #expect(try await fixture.store.claim(fixture.worker(), catalogue: ["a"], limit: 1) == [])
      let wait = "select run_at - now() between interval '500 s' and interval '600 s' from example_bundle_jobs"
      #expect(try await fixture.value(wait) == true)
    }
  }

  @Test("A job given back waits at once, and the attempt does not count")
  func giveBack() async throws {
    try await StoreFixture.with { fixture in
      var claim = try await fixture.claim("a", by: fixture.worker())
      for attempt in 2...7 {
        #expect(try await fixture.store.giveBack(claim, tail: "t") == .ended(.queued))
        let row = try #require(try await fixture.status("a"))
        #expect(row.state == .queued && row.attempt == attempt)
        claim = try await fixture.claimQueued("a", by: fixture.worker())
        #expect(claim.attempt == attempt && claim.maxAttempts == 2 + attempt)
      }
      #expect(try await fixture.store.attempts(of: "a").filter { $0.outcome == .returned }.count == 6)
    }
  }

  @Test("A failed rebuild is visible after an earlier success, whose artifact stays fetchable")
  func afterSuccess() async throws {
    try await StoreFixture.with { fixture in
      _ = try await fixture.store.complete(try await fixture.claim("a", by: fixture.worker()), publication("a"))
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "broken")
      let row = try #require(try await fixture.status("a"))
      #expect(row.state == .failed && row.error == "broken" && row.fingerprint.text == "f1")
      #expect(row.version == nil && row.checksum == nil && row.filename == nil && row.artifact == nil)
      #expect(row.completedAt == nil && row.cached == nil)
      #expect(try await fixture.store.latestArtifact(of: "a")?.fingerprint.text == "f1")
    }
  }

  @Test("Text of children is stored without control bytes, and NUL does not lose the write")
  func hostileText() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker("pod\u{1b}[31m\u{0}"))
      let hostile = "one\u{0}two\u{1b}[2Jthree\r\nfour\u{202e}"
      #expect(try await fixture.store.report(Progress(stage: .packaging, message: hostile), for: claim))
      #expect(try await fixture.status("a")?.message == "one\u{fffd}two\u{fffd}[2Jthree\nfour\u{fffd}")
      #expect(
        try await fixture.store.fail(claim, errorClass: .bundle, error: hostile, tail: hostile) == .ended(.failed))
      #expect(try await fixture.status("a")?.error == "one\u{fffd}two\u{fffd}[2Jthree\nfour\u{fffd}")
      let tail = try await fixture.value("select tail from example_bundle_attempts", as: String.self)
      #expect(tail == "one\u{fffd}two\u{fffd}[2Jthree\nfour\u{fffd}")
    }
  }

  @Test("An empty error gets AppHub's default text")
  func emptyError() async throws {
    try await StoreFixture.with { fixture in
      let claim = try await fixture.claim("a", by: fixture.worker())
      _ = try await fixture.store.fail(claim, errorClass: .bundle, error: "")
      #expect(try await fixture.status("a")?.error == "example bundle packaging failed")
    }
  }
}
