import Testing

@testable import Packager

@Suite struct RelativePathTests {
  @Test(arguments: [
    ("a", "a"), ("./a/./b", "a/b"), ("a//b/", "a/b"), ("..a", "..a"), ("ä/ö", "ä/ö"), ("**/*.py", "**/*.py"),
  ])
  func normalises(raw: String, wanted: String) {
    #expect(RelativePath(raw)?.text == wanted)
  }

  @Test(arguments: ["", ".", "./.", "/a", "..", "a/../b", "a/..", "../a", "a\u{0}b", "//"])
  func refuses(raw: String) {
    #expect(RelativePath(raw) == nil)
  }

  @Test func twoSpellingsOfAnAccentAreTwoPaths() throws {
    let composed = try #require(RelativePath("caf\u{E9}"))
    let decomposed = try #require(RelativePath("cafe\u{301}"))
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
  }

  @Test func sortsByBytes() throws {
    let names = ["b", "a/b", "a.b", "a", "Z", "é", "z"]
    let sorted = names.compactMap { RelativePath($0) }.sorted().map(\.text)
    #expect(sorted == ["Z", "a", "a.b", "a/b", "b", "z", "é"])
  }

  @Test func insideIsByComponents() throws {
    let dist = try #require(RelativePath("dist"))
    #expect(RelativePath("dist/a")?.isInside(dist) == true)
    #expect(RelativePath("dist")?.isInside(dist) == true)
    #expect(RelativePath("dist2/a")?.isInside(dist) == false)
  }
}
