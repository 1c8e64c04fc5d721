import BundleModel
import Testing

@testable import PodAPI

@Suite("Parts and validators of an archive")
struct ByteRangeTests {
  @Test(
    "what a Range field asks of 100 bytes",
    arguments: [
      (nil, .whole), ("bytes=0-99", .part(0..<100)), ("bytes=0-0", .part(0..<1)), ("bytes=99-", .part(99..<100)),
      ("bytes=50-1000", .part(50..<100)), ("bytes=-1", .part(99..<100)), ("bytes=-1000", .part(0..<100)),
      ("BYTES= 5 - 9 ", .part(5..<10)), ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
      ("bytes=18446744073709551616-", .unsatisfiable), ("bytes=1-18446744073709551616", .part(1..<100)),
      // What nobody can read, or nobody needs, asks for everything.
      ("bytes=9-5", .whole), ("bytes=-", .whole), ("bytes=", .whole), ("bytes", .whole), ("bytes=a-b", .whole),
      ("bytes=+1-2", .whole), ("bytes=0-1,5-6", .whole), ("pages=1-2", .whole), ("", .whole),
      ("bytes=1--2", .whole),
      ("bytes=\u{661}-2", .whole),
    ] as [(String?, ByteRange)])
  func ranges(field: String?, range: ByteRange) {
    #expect(ByteRange(field, of: 100) == range)
  }

  @Test("nothing of an empty archive can be had", arguments: ["bytes=0-", "bytes=-1", "bytes=0-0"])
  func empty(field: String) {
    #expect(ByteRange(field, of: 0) == .unsatisfiable)
  }

  @Test("a tag is recognised in lists, weak or strong; a part needs the strong one")
  func tags() throws {
    let hex = String(repeating: "ab", count: 32)
    let tag = EntityTag(try #require(Checksum(hex: hex)))
    for field in ["\"\(hex)\"", "W/\"\(hex)\"", "\"other\" , \"\(hex)\"", "*"] { #expect(tag.isListed(in: field)) }
    for field in [nil, "", hex, "\"other\"", "\"\(hex.uppercased())\""] { #expect(!tag.isListed(in: field)) }
    #expect(tag.allowsPart(nil) && tag.allowsPart(" \"\(hex)\""))
    for field in ["W/\"\(hex)\"", "*", "Sun, 06 Nov 1994 08:49:37 GMT", ""] { #expect(!tag.allowsPart(field)) }
  }
}
