import BundleModel
import TestSupport
import Testing

@testable import S3

@Suite struct XMLReaderTests {
  private func events(_ text: String) throws -> [XMLReader.Event] {
    var reader = XMLReader(Array(text.utf8))
    var events: [XMLReader.Event] = []
    while let event = try reader.next() { events.append(event) }
    return events
  }

  @Test func readsWhatServersWrite() throws {
    let text = """
      \u{FEFF}<?xml version="1.0"?>
      <!-- a > comment --><s3:A xmlns:s3='x>y' b="/"><B/>&lt;&#65;&#x1F600;&amp;<![CDATA[<raw>&amp;]]></s3:A >
      """
    #expect(
      try events(text) == [
        .start("A"), .start("B"), .end("B"), .text(Array("<A😀&".utf8)), .text(Array("<raw>&amp;".utf8)), .end("A"),
      ])
  }

  @Test(arguments: [
    "<a>", "<a></b>", "</a>", "<a", "<a>&nbsp;</a>", "<a>&#xD800;</a>", "<a>&#</a>", "<!DOCTYPE a><a/>", "x<a/>",
    "<a/>x", "<>", "<a b=\"></a>", "<a><!-- </a>", "<![CDATA[x]]>", "<a <b/>",
    String(repeating: "<a>", count: 100),
  ])
  func refusesTheRest(_ text: String) {
    #expect(throws: XMLReader.Malformed.self) { try events(text) }
  }

  /// Whatever is cut off or overwritten, reading ends with a result or an error, never with a trap or a loop.
  @Test func survivesDamage() {
    let whole = Array(
      "<?xml version=\"1.0\"?><L><Key>a&amp;b</Key><!--c--><X y='1'/><![CDATA[d]]></L>".utf8)
    var random = SeededRandom(seed: 42)
    for round in 0..<4000 {
      var damaged = Array(whole.prefix(round % (whole.count + 1)))
      for _ in 0..<(round % 4) where !damaged.isEmpty {
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      var reader = XMLReader(damaged)
      var steps = 0
      while let event = try? reader.next(), event != .end("L") { steps += 1 }
      #expect(steps <= whole.count)
    }
  }

  @Test func listPages() throws {
    let page = try S3ListPage(
      Array(
        """
        <ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
        <NextContinuationToken>a&amp;b</NextContinuationToken>
        <Contents><Key>x%2By+z</Key><Size>12</Size><ETag>&quot;e&quot;</ETag>
        <LastModified>2026-01-02T03:04:05.000Z</LastModified><Owner><ID>Key</ID></Owner></Contents>
        <CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>
        """.utf8))
    #expect(page.isTruncated && page.continuation == "a&b")
    #expect(
      page.objects == [
        S3ListedObject(key: "x+y z", size: 12, etag: "e", lastModified: Timestamp(iso8601: "2026-01-02T03:04:05Z"))
      ])
    #expect(throws: XMLReader.Malformed.self) { try S3ListPage(Array("<html/>".utf8)) }
    #expect(throws: XMLReader.Malformed.self) { try S3ListPage(Array("<ListBucketResult><Contents>".utf8)) }
  }

  @Test func errors() {
    let body =
      "<Error><Code>NoSuchKey</Code><Message>gone &amp; away</Message><Detail><Code>x</Code></Detail></Error>"
    let document = S3ErrorDocument(Array(body.utf8))
    #expect(document?.code == "NoSuchKey" && document?.message == "gone & away")
    #expect(S3ErrorDocument(Array("<html/>".utf8)) == nil)
    #expect(S3ErrorDocument([]) == nil)
    #expect(S3ErrorDocument(Array("<Error><Code>SlowDown</Code><Mess".utf8))?.code == "SlowDown", "cut off")
  }
}
