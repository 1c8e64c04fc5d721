import Testing

@testable import PodAPI

@Suite("Which paths a pattern takes")
struct PathPatternTests {
  @Test(
    "a pattern takes its own form alone",
    arguments: [
      ("/health/live", ["health", "live"], [:] as [String: String]?),
      ("/health/live", ["health"], nil),
      ("/health/live", ["health", "Live"], nil),
      ("/health/live", ["health", "live", ""], nil),
      ("/a/{slug}/sign", ["a", "x y", "sign"], ["slug": "x y"]),
      ("/a/{slug}/sign", ["a", "", "sign"], ["slug": ""]),
      ("/a/{slug}/sign", ["a", "x/y", "sign"], ["slug": "x/y"]),
      ("/{a}/{b}", ["1", "2"], ["a": "1", "b": "2"]),
      // Two spellings of one accent are two names.
      ("/caf\u{E9}", ["cafe\u{301}"], nil),
    ])
  func match(pattern: String, path: [String], expected: [String: String]?) {
    #expect(PathPattern(pattern).match(path) == expected.map { PathParameters($0) })
  }
}
