import BundleModel
import Synchronization
import TestSupport
import Testing

@testable import PodAPI

@Suite("Tokens in a file")
struct TokenTests {
  @Test(
    "a line that is wrong is named, not quoted",
    arguments: [
      "secret-token", "a read", "a read \(String(repeating: "0", count: 63))",
      "a rite \(String(repeating: "0", count: 64))",
      "a read, \(String(repeating: "0", count: 64))", "a/b read \(String(repeating: "0", count: 64))",
      "a read \(String(repeating: "0", count: 64)) more",
    ])
  func wrong(line: String) {
    let failure = #expect(throws: AccessError.self) { try TokenTable(parsing: "# comment\n\n\(line)\n") }
    #expect(failure?.message.contains("line 3") == true)
    #expect(failure?.message.contains("secret") == false)
  }

  @Test("a changed file counts within a second, a broken one does not")
  func reload() async throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("a read \(Checksums.hex("one"))\n", to: "tokens")
    let clock = Mutex(ContinuousClock.now)
    let access = try AccessControl(tokenFile: path, log: RouterFixture.silent, now: { clock.withLock { $0 } })
    func caller(_ token: String) async -> Identity { await access.identify(["authorization": "Bearer \(token)"]) }
    func aSecondLater() { clock.withLock { $0 = $0.advanced(by: .seconds(1)) } }
    let a = Identity.caller(Caller(name: "a", scopes: [.read]))
    #expect(await caller("one") == a)
    try directory.write("bb write \(Checksums.hex("two"))\n", to: "tokens")
    #expect(await caller("one") == a, "the file is looked at once a second")
    aSecondLater()
    #expect(await caller("one") == .refused)
    #expect(await caller("two") == .caller(Caller(name: "bb", scopes: [.write])))
    try directory.write("broken\n", to: "tokens")
    aSecondLater()
    #expect(await caller("two") == .caller(Caller(name: "bb", scopes: [.write])))
    #expect(await access.identify([:]) == .anonymous)
    #expect(await access.identify(["authorization": "Bearer two", "Authorization": "Bearer two"]) == .refused)
  }

  @Test("descriptions show no value")
  func descriptions() {
    let request = RouterFixture.request(
      .get, "/a?token=s3cret", headers: ["authorization": "Bearer s3cret", "cookie": "s3cret"], body: "s3cret")
    var dumped = ""
    dump(request, to: &dumped)
    for text in ["\(request)", String(reflecting: request), dumped, "\(request.headers)", "\(request.query)"] {
      #expect(!text.contains("s3cret"))
    }
  }
}
