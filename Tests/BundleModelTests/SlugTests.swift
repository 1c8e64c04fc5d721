import BundleModel
import Testing

@Suite("Slugs")
struct SlugTests {
  @Test(
    "A name is trimmed and lowered",
    arguments: [
      ("demo", "demo"), ("  Demo \n", "demo"), ("\u{a0}A-b.C_9\t", "a-b.c_9"), ("a b", "a b"), ("ÄÖ", "äö"),
      ("\u{1b}[31mx", "\u{1b}[31mx"),
    ])
  func normalised(raw: String, text: String) throws {
    let slug = try #require(Slug(raw))
    #expect(slug.text == text)
    #expect(slug.description == text)
    #expect(Slug(slug.text) == slug)
  }

  @Test("Nothing is no name", arguments: ["", " ", "\n\t ", "\u{3000}"])
  func blank(raw: String) {
    #expect(Slug(raw) == nil)
  }

  @Test("Names are equal by their bytes, as in Postgres")
  func bytes() throws {
    let composed = try #require(Slug("caf\u{e9}"))
    let decomposed = try #require(Slug("cafe\u{301}"))
    #expect(composed.text == decomposed.text)  // to Swift one text, to the database two
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect((composed < decomposed) != (decomposed < composed))
  }

  @Test("The order is that of the bytes")
  func order() {
    let sorted = ["", "a", "a-b", "a.b", "a0", "aa", "b", "\u{e4}", "\u{1f600}"].compactMap { Slug($0) }
    #expect(sorted.shuffled().sorted() == sorted)
  }
}
