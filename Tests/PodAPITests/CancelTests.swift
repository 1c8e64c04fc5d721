import BundleModel
import BundleStore
import JSON
import TestSupport
import Testing

@testable import PodAPI

@Suite("Cancelling, history and pods over HTTP")
struct CancelTests {
  @Test("what waits or runs ends, whoever commits first")
  func cancel() async throws {
    try await StoredPod.with { pod in
      func cancel(_ body: String = "", key: String? = nil) async throws -> StoredPod.Answer {
        try await pod.ask(.post, "/examples/bundles/Demo/cancel", body: body, key: key)
      }
      let unknown = try await cancel()
      #expect(unknown.status == 404 && unknown.string("error") == "no bundle of this name is known")
      let asked = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"demo"}"#)
      let job = try #require(asked.string("data.jobId"))
      let other = try await cancel(#"{"jobId":"00000000-0000-4000-8000-00000000000f"}"#)
      #expect(other.status == 409 && other.string("error") == "it changed meanwhile: another job is queued")
      let done = try await cancel(#"{"jobId":"\#(job)","reason":" too slow\u001b "}"#, key: "k")
      #expect(done.status == 200 && done.string("data.outcome") == "cancelled")
      #expect(done.string("data.jobId") == job && done.string("data.status.error") == "cancelled by writer")
      let audit = try #require(try await pod.store.operations(what: "cancel", limit: 1).first)
      #expect(audit.who == "writer" && audit.why == "too slow\u{FFFD}")
      #expect(try await cancel("{}", key: "k").string("data.outcome") == "repeated")
      let again = try await cancel()
      #expect(again.status == 409 && again.string("error") == "it is already cancelled")
      _ = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"demo"}"#)
      let made = try await pod.complete("demo")
      let late = try await cancel(#"{"jobId":"\#(made.job.text)"}"#)
      #expect(late.status == 200 && late.string("data.outcome") == "completed")
      #expect(late.string("data.reason") == "it was already completed")
      #expect(late.string("data.status.version") == "1.0")
    }
  }

  @Test("history tells every attempt and archive, and their output only when asked for")
  func history() async throws {
    try await StoredPod.with { pod in
      let target = "/examples/bundles/demo/history"
      #expect(try await pod.ask(.get, target).status == 404)
      let body = #"{"slug":"demo","force":true}"#
      _ = try await pod.ask(.post, "/job-imports/example", body: body)
      _ = try await pod.store.fail(
        try await pod.claim("demo"), errorClass: .bundle, error: "broken", tail: "no such file")
      _ = try await pod.ask(.post, "/job-imports/example", body: body)
      try await pod.complete("demo")
      let all = try await pod.ask(.get, target, token: RouterFixture.readToken)
      #expect(all.status == 200 && all.count("data.attempts") == 2 && all.count("data.artifacts") == 1)
      #expect(all.string("data.attempts.0.outcome") == "completed")
      #expect(all.string("data.attempts.1.errorClass") == "bundle")
      #expect(all["data.attempts.1.tail"] == .null)
      #expect(
        all.string("data.artifacts.0.downloadUrl") == "/examples/bundles/demo/fingerprints/f1/download")
      let last = try await pod.ask(.get, target + "?limit=1&tail=3")
      #expect(last.count("data.attempts") == 1 && last.string("data.attempts.0.tail") == "ted")
      for wrong in ["limit=0", "limit=101", "limit=x", "tail=-1", "limit=1&limit=2"] {
        #expect(try await pod.ask(.get, target + "?" + wrong).status == 400, "\(wrong)")
      }
      // The status may be gone: what happened stays.
      try await pod.database.psql("delete from example_bundle_status")
      let rest = try await pod.ask(.get, target)
      #expect(rest.status == 200 && rest["data.status"] == .null && rest.count("data.attempts") == 2)
    }
  }

  @Test("pods are told with what they offer and who paused them")
  func pods() async throws {
    try await StoredPod.with(offering: ["a", "b"]) { pod in
      _ = try await pod.store.setPaused(true, by: "ann")
      let answer = try await pod.ask(.get, "/pods", token: RouterFixture.readToken)
      #expect(answer.status == 200 && answer.count("data.pods") == 1)
      #expect(answer.string("data.pods.0.name") == "pod-a" && answer["data.pods.0.bundles"] == .number(2))
      #expect(answer.string("data.pods.0.state") == "live" && answer.string("data.pods.0.pausedBy") == "ann")
      try await pod.store.leave(pod.worker)
      #expect(try await pod.ask(.get, "/pods").string("data.pods.0.state") == "stopped")
    }
  }
}
