import BundleModel
import BundleStore
import JSON
import TestSupport
import Testing

@testable import PodAPI

@Suite("Asking for bundles over HTTP")
struct ImportTests {
  @Test("a wish is a job that waits, told as AppHub tells it")
  func wish() async throws {
    try await StoredPod.with { pod in
      let answer = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":" Demo ","force":true}"#)
      #expect(answer.status == 202)
      #expect(answer.string("data.slug") == "demo")
      #expect(answer.string("data.mode") == "queued")
      #expect(answer.string("data.outcome") == "created")
      #expect(answer["data.reason"] == .null && answer["data.result"] == .null)
      #expect(answer["data.bundle"] == .null, "nothing is known of it yet")
      #expect(answer.string("data.status.stage") == "queued")
      #expect(answer.string("data.status.jobId") == answer.string("data.jobId"))
      let claim = try await pod.claim("demo")
      #expect(claim.job.text == answer.string("data.jobId"))
      #expect(claim.options == JobOptions(force: true))
      let audit = try #require(try await pod.store.operations(limit: 1).first)
      #expect(audit.what == "package --force" && audit.who == "writer" && audit.slug == Slug("demo"))
      #expect(audit.result == "1 of 1 asked for" && audit.detail["pod"] == "pod-a")
    }
  }

  @Test("what waits takes the options over, what runs is followed")
  func merging() async throws {
    try await StoredPod.with { pod in
      func ask(_ options: String) async throws -> StoredPod.Answer {
        try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"demo"\#(options)}"#)
      }
      let first = try await ask("")
      let second = try await ask(#","minify":true,"descriptor":null"#)
      #expect(second.string("data.outcome") == "merged" && second["data.jobId"] == first["data.jobId"])
      let claim = try await pod.claim("demo")
      #expect(claim.options == JobOptions(minify: true))
      let third = try await ask(#","skipBuild":true"#)
      #expect(third.status == 202 && third.string("data.outcome") == "waiting")
      #expect(third.string("data.status.state") == "running")
    }
  }

  @Test("a failed bundle is queued again at once, and what was made is told as AppHub sums it up")
  func retry() async throws {
    try await StoredPod.with(publicURL: "https://apphub.example") { pod in
      _ = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"demo"}"#, key: "k")
      _ = try await pod.store.fail(try await pod.claim("demo"), errorClass: .bundle, error: "broken")
      let failed = try await pod.ask(.get, "/job-imports/example/demo")
      #expect(failed.string("data.status.error") == "broken" && failed["data.bundle"] == .null)
      let retried = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"demo","force":true}"#)
      #expect(retried.string("data.status.state") == "queued" && retried["data.status.error"] == .null)
      let made = try await pod.complete("demo")
      let answer = try await pod.ask(.get, "/job-imports/example/%20DEMO", token: RouterFixture.readToken)
      #expect(answer.status == 200 && answer.string("data.status.jobId") == made.job.text)
      let checksum = String(repeating: "01", count: 32)
      let route = "https://apphub.example/examples/bundles/demo/fingerprints/f1/download"
      #expect(
        answer["data.bundle"]
          == .object([
            "slug": .string("demo"), "version": .string("1.0"), "checksum": .string(checksum),
            "filename": .string("demo-1.0.tgz"), "fingerprint": .string("f1"), "cached": .bool(false),
            "storageKind": .string("local"), "storageUrl": .string("local://demo/f1/x"),
            "downloadUrl": .string(route), "downloadUrlExpiresAt": .null, "size": .number(10),
            "contentType": .string("application/gzip"), "reference": .string("demo@1.0"),
          ]))
    }
  }

  @Test("a key that was used before does nothing and names the same job, with what it has made")
  func idempotency() async throws {
    try await StoredPod.with { pod in
      let body = #"{"slug":"demo"}"#
      let first = try await pod.ask(.post, "/job-imports/example", body: body, key: "k 1")
      try await pod.complete("demo")
      let before = try await pod.store.operations().count
      let again = try await pod.ask(.post, "/job-imports/example", body: body, key: "k 1")
      #expect(again.status == 202 && again.string("data.outcome") == "repeated")
      #expect(again["data.jobId"] == first["data.jobId"])
      #expect(again.string("data.result.version") == "1.0")
      #expect(again["data.result.cached"] == .bool(false))
      #expect(try await pod.store.operations().count == before)
      // Another operation does not know the key, nor does another key the job.
      let load = try await pod.ask(.post, "/examples/load", body: #"{"slugs":["demo"]}"#, key: "k 1")
      #expect(load.string("data.jobs.0.outcome") == "created")
      #expect(load["data.jobs.0.result"] == .null)
    }
  }

  @Test("only what nobody knows is refused")
  func unknown() async throws {
    try await StoredPod.with { pod in
      let unknown = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"Nobody"}"#)
      #expect(unknown.status == 400 && unknown.text == #"{"error":"Unknown example bundle slug: nobody"}"#)
      let described = #"{"slug":"nobody","descriptor":{"module":" m ","path":"/srv/x","configPath":"c.json"}}"#
      let first = try await pod.ask(.post, "/job-imports/example", body: described)
      #expect(first.status == 202 && first.string("data.reason") == "no pod has this bundle")
      // By now it has a status; its job is of other sources.
      let other = try await pod.ask(.post, "/job-imports/example", body: #"{"slug":"nobody"}"#)
      #expect(other.status == 409 && other.text == #"{"error":"a job of other sources is queued"}"#)
      let claim = try await pod.claim("nobody")
      #expect(
        claim.options.descriptor == Descriptor(module: "m", path: "/srv/x", configPath: "c.json"))
    }
  }

  @Test(
    "a body of another form is refused",
    arguments: [
      (#"{"slug":"  "}"#, "slug", "String must contain at least 1 character(s)"),
      (#"{"slug":"a\u0000b"}"#, "slug", "String must not contain NUL characters"),
      (#"{"slug":"demo","descriptor":{"module":"m"}}"#, "descriptor", "exactly one of repo and path is required"),
      (
        #"{"slug":"demo","descriptor":{"module":"m","repo":"https://u:s3cret@x/","path":"/p"}}"#, "descriptor",
        "exactly one of repo and path is required"
      ),
      (#"{"slug":"demo","descriptor":{"module":" ","path":"/p"}}"#, "descriptor", "module is empty"),
      (#"{"slug":"demo","descriptor":{"path":"/p"}}"#, "descriptor", "Required"),
      (
        #"{"slug":"demo","descriptor":{"module":"m","path":"/p","url":"x"}}"#, "descriptor",
        "Unrecognized key(s) in object: 'url'"
      ),
    ])
  func form(body: String, field: String, message: String) async throws {
    // No database is asked before.
    let router = Router(services: try RouterFixture.services())
    let answer = await router.answer(RouterFixture.request(.post, "/job-imports/example", body: body))
    #expect(answer.status == 400)
    #expect(
      RouterFixture.text(answer)
        == #"{"error":{"formErrors":[],"fieldErrors":{"\#(field)":["\#(message)"]}}}"#)
  }

  @Test("nothing is known of an unknown bundle, and a blank one is not found")
  func unknownStatus() async throws {
    try await StoredPod.with { pod in
      let answer = try await pod.ask(.get, "/job-imports/example/Nobody%2Fx")
      #expect(answer.status == 200 && answer.text == #"{"data":{"slug":"nobody/x","status":null,"bundle":null}}"#)
      for blank in ["", "%20%09"] {
        let answer = try await pod.ask(.get, "/job-imports/example/\(blank)")
        #expect(answer.status == 404 && answer.text == #"{"error":"Example bundle not found"}"#)
      }
    }
  }

  @Test("many at once: known ones in the order asked for, or all that pods have")
  func load() async throws {
    try await StoredPod.with(offering: ["b", "a", "c"]) { pod in
      func slugs(_ body: String) async throws -> [String] {
        let answer = try await pod.ask(.post, "/examples/load", body: body)
        #expect(answer.status == 202)
        return (0..<(answer.count("data.jobs") ?? 0)).compactMap { answer.string("data.jobs.\($0).slug") }
      }
      #expect(try await slugs(#"{"slugs":["c","nobody"," A ","c"," "],"more":1}"#) == ["c", "a"])
      #expect(try await pod.store.statuses().count == 2)
      #expect(try await slugs(#"{"slugs":[]}"#) == ["a", "b", "c"])
      #expect(try await slugs("") == ["a", "b", "c"])
      #expect(try await slugs(#"{"force":true}"#) == ["a", "b", "c"])
      #expect(try await pod.claim("b").options == JobOptions(force: true))
      let audit = try await pod.store.operations(limit: 10)
      #expect(audit.map(\.what) == ["package --force", "package", "package", "package"])
      let none = try await pod.ask(.post, "/examples/load", body: #"{"slugs":["nobody"]}"#)
      #expect(none.status == 400 && none.text == #"{"error":"No matching example slugs provided"}"#)
      // One of other sources does not hold up the rest.
      _ = try await pod.ask(.post, "/examples/bundles/c/cancel")
      let described = #"{"slug":"c","descriptor":{"module":"m","path":"/p"}}"#
      #expect(try await pod.ask(.post, "/job-imports/example", body: described).status == 202)
      let mixed = try await pod.ask(.post, "/examples/load", body: #"{"slugs":["c","a"]}"#)
      #expect(mixed.string("data.jobs.0.outcome") == "refused")
      #expect(mixed.string("data.jobs.0.reason") == "a job of other sources is queued")
      #expect(mixed.string("data.jobs.1.outcome") == "merged")
    }
  }
}
