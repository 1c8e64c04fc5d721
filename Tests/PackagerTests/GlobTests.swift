import Testing

@testable import Packager

@Suite struct GlobTests {
  @Test(arguments: [
    ("dist/**/*", "dist/a.js", true), ("dist/**/*", "dist/a/b/c", true), ("dist/**/*", "dist", false),
    ("dist/**/*", "dist2/a", false), ("**/*.py", "a.py", true), ("**/*.py", "a/b.py", true),
    ("*.py", "a/b.py", false),
    ("**", "a/b", true), ("dist/**", "dist/a", true), ("a/**/z", "a/z", true), ("a/**/z", "a/b/c/z", true),
    ("a/**/b/**/c", "a/x/b/y/z/c", true), ("a/**/b/**/c", "a/x/y/z/c", false), ("?.txt", "ä.txt", true),
    ("?.txt", "ab.txt", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[!a-c]x", "dx", true),
    ("[]x]", "]", true), ("[x", "[x", true), ("{a,b}.js", "b.js", true), ("{a,b{c,d}}.js", "bd.js", true),
    ("{a}.js", "{a}.js", true), ("x{,.map}", "x", true), ("x{,.map}", "x.map", true), ("./a", "a", true),
    ("*", ".env", false), ("**/*", ".git/config", false), (".env", ".env", false), ("a*b*c", "aXbYbZc", true),
    ("a*b*c", "aXbYbZ", false), ("\\*", "*", true), ("\\*", "a", false), ("caf\u{E9}", "cafe\u{301}", false),
    ("a**b", "axxb", true),
  ])
  func table(pattern: String, path: String, wanted: Bool) throws {
    let glob = try #require(Glob(pattern))
    let place = try #require(RelativePath(path))
    #expect(glob.matches(place) == wanted)
  }

  @Test func manyStarsAreFast() throws {
    let glob = try #require(Glob(String(repeating: "**/*a*a*a*a*/", count: 8) + "b"))
    let path = try #require(RelativePath(String(repeating: "aaaaaaaaaaaaaaaaaaaaaaaa/", count: 24) + "c"))
    #expect(!glob.matches(path))
  }

  @Test func tooManyAlternativesAreRefused() {
    #expect(Glob(String(repeating: "{a,b}", count: 30)) == nil)
  }
}
