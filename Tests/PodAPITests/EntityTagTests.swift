import Testing

@testable import PodAPI

@Suite("Entity tags")
struct EntityTagTests {
  @Test("the same bytes have the same tag, others another")
  func tag() {
    // SHA-256 of "abc", FIPS 180-4.
    #expect(
      EntityTag(of: Array("abc".utf8)).text
        == "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"")
    #expect(EntityTag(of: []) != EntityTag(of: [0]))
  }

  @Test(
    "an answer that the caller has comes without its body",
    arguments: [
      ("TAG", true), ("W/TAG", true), ("*", true), ("\"x\", TAG", true), (" TAG ,\"x\"", true), ("\"x\"", false),
      ("", false), ("TAGx", false),
    ])
  func condition(field: String, isKnown: Bool) {
    let body = Array("body".utf8)
    let tag = EntityTag(of: body).text
    let request = RouterFixture.request(
      .get, "/x", headers: ["if-none-match": field.replacing("TAG", with: tag)])
    let answer = APIAnswer.bytes(body, type: "text/plain").conditional(on: request)
    #expect(answer.status == (isKnown ? 304 : 200))
    #expect(answer.headers["etag"] == tag)
    if case .empty = answer.body { #expect(isKnown) } else { #expect(!isKnown) }
  }

  @Test("whoever asks without a condition gets the body")
  func unconditional() {
    let answer = APIAnswer.bytes([1], type: "text/plain").conditional(on: RouterFixture.request(.get, "/x"))
    #expect(answer.status == 200)
  }
}
