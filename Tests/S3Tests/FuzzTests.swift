import BundleModel
import Glibc
import HTTPTransport
import ProcessControl
import TestSupport
import Testing

@testable import S3

/// All that reads what others wrote, over a corpus and its mutations: never a trap, never a loop, always the same
/// result for the same bytes. A file that once broke something belongs into `Corpus`.
@Suite struct FuzzTests {
  static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Corpus"

  static func names() throws -> [String] {
    guard let directory = opendir(folder) else { throw TestSupportError("cannot read \(folder)") }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// What each file must come to. The others are for mutation only.
  @Test func corpus() throws {
    let names = try Self.names()
    #expect(names.count >= 29)
    let refused = [
      "error-html", "billion-laughs", "external-entity", "deep", "two-roots", "references", "signed-reference",
      "surrogate", "control", "invalid-utf8", "overlong-name", "error-cut",
    ]
    for name in names where name.hasSuffix(".xml") {
      let bytes = try TestFile.bytes(of: Self.folder + "/" + name)
      #expect((Readers.events(bytes) == nil) == refused.contains(String(name.dropLast(4))), "\(name)")
    }
    let read = { (name: String) in try TestFile.bytes(of: Self.folder + "/" + name) }
    #expect(try S3ListPage(read("list.xml")).objects.map(\.key) == ["a/b cé", "x"])
    #expect(try S3ListPage(read("list-prefixed-names.xml")).objects.first?.key == "<raw>&amp;")
    #expect(throws: XMLReader.Malformed.self) { try S3ListPage(read("list-broken-key.xml")) }
    #expect(throws: XMLReader.Malformed.self) { try S3ListPage(read("list-no-size.xml")) }
    #expect(try S3ErrorDocument(read("error-after-blanks.xml"))?.code == "InternalError")
    #expect(try S3ErrorDocument(read("error-cut.xml"))?.code == "SlowDown")
    #expect(try S3ErrorDocument(read("external-entity.xml")) == nil)
    #expect(try S3UploadPage(read("uploads.xml")).uploads.map(\.key) == ["a b", "p/x"])
    #expect(try S3PartPage(read("parts.xml")).parts.map(\.size) == [5_242_880, 1])
    #expect(try S3CreatedUpload(read("begun.xml"))?.uploadID == "VXBsb2FkIElE-1")
    #expect(try S3CompletedUpload(read("completed.xml"))?.etag == "3858f62230ac3c915f300c664312c11f-9")
    #expect(try S3DeleteResult(read("deleted.xml")).failures.map(\.key) == ["b\u{1}\n"])
    #expect(try S3Location(read("location.xml")).region == "eu-central-1")
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func mutations(_ seed: UInt64) async throws {
    let corpus = try Self.names().map { try TestFile.bytes(of: Self.folder + "/" + $0) }
    // Not on the pool, whose threads the other tests need.
    let problems = await DetachedThread.value { () -> [String] in
      var random = SeededRandom(seed: seed)
      return (0..<750).flatMap { _ in
        let bytes = Mutation.mutate(corpus, &random)
        let summary = Readers.summary(bytes)
        let problems = summary.problems + (summary == Readers.summary(bytes) ? [] : ["another result"])
        return problems.map { "\($0): \(bytes)" }
      }
    }
    #expect(problems.isEmpty)
  }
}

/// Changes that tend to find what nobody thought of.
private enum Mutation {
  private static let words: [[UInt8]] = [
    "<", ">", "&", "&#", "&#x", ";", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!DOCTYPE", "\"",
    "'",
    "%", "%F", "%00", ":", "[", "]", "@", "\r\n", "\u{0}", "\u{FEFF}", "-1", "9223372036854775808", "<Key>",
    "<Error>",
    "http://", "&#x110000;", "&#00000000065;",
  ].map { Array($0.utf8) }

  static func mutate(_ corpus: [[UInt8]], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = corpus.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 0...24, using: &random))
      switch Int.random(in: 0..<7, using: &random) {
      case 0: bytes.removeSubrange(place..<end)
      case 1: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: place)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 3: bytes.removeSubrange(place...)
      case 4:
        let other = corpus.randomElement(using: &random) ?? []
        let cut = Int.random(in: 0...other.count, using: &random)
        bytes = Array(bytes[..<place] + other[cut...])
      default:
        if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
      }
    }
    return bytes
  }
}

/// Everything that is read from the outside, on the same bytes.
private enum Readers {
  struct Summary: Equatable {
    var results: [String] = []
    /// Rules that did not hold.
    var problems: [String] = []
  }

  /// Nil when it is not XML.
  static func events(_ bytes: [UInt8]) -> [XMLReader.Event]? {
    var reader = XMLReader(bytes)
    var events: [XMLReader.Event] = []
    do {
      while let event = try reader.next() {
        events.append(event)
        guard events.count <= 2 * bytes.count + 2 else { return events }
      }
      return events
    } catch {
      return nil
    }
  }

  static func summary(_ bytes: [UInt8]) -> Summary {
    var summary = Summary()
    documents(bytes, &summary)
    headers(bytes, &summary)
    addresses(bytes, &summary)
    encodings(bytes, &summary)
    return summary
  }

  private static func documents(_ bytes: [UInt8], _ summary: inout Summary) {
    let events = events(bytes)
    if let events, events.count > 2 * bytes.count { summary.problems.append("more events than bytes") }
    for case .text(let text) in events ?? [] where String(validating: text, as: UTF8.self) == nil {
      summary.problems.append("text that is none")
    }
    summary.results = [
      "\(String(describing: events))", "\(String(describing: S3ErrorDocument(bytes)))",
      "\(String(describing: try? S3ListPage(bytes)))", "\(String(describing: try? S3UploadPage(bytes)))",
      "\(String(describing: try? S3PartPage(bytes)))", "\(String(describing: try? S3DeleteResult(bytes)))",
      "\(String(describing: try? S3Location(bytes)))", "\(String(describing: S3CreatedUpload(bytes)))",
      "\(String(describing: S3CompletedUpload(bytes)))",
    ]
    for object in (try? S3ListPage(bytes))?.objects ?? [] where object.size < 0 {
      summary.problems.append("a negative size")
    }
  }

  private static func headers(_ bytes: [UInt8], _ summary: inout Summary) {
    var headers = HTTPHeaders()
    for line in bytes.split(separator: 10) {
      (Array(line) + [10]).withUnsafeBytes { headers.append(line: $0) }
    }
    let response = HTTPResponse(status: 200, headers: headers, body: [], received: 0)
    summary.results.append("\(S3ObjectInfo(response)) \(headers)")
    summary.results.append("\(String(describing: headers["date"].flatMap(HTTPDate.moment)))")
    for field in headers.fields(withPrefix: "") where field.value.utf8.contains(10) {
      summary.problems.append("a line break in a header field")
    }
  }

  private static func addresses(_ bytes: [UInt8], _ summary: inout Summary) {
    for line in bytes.split(separator: 10) {
      let text = String(decoding: line, as: UTF8.self)
      guard let endpoint = S3Endpoint(text, pathStyle: true) else { continue }
      summary.results.append(endpoint.description)
      if S3Endpoint(endpoint.description, pathStyle: true) != endpoint {
        summary.problems.append("reads otherwise")
      }
      let isPlain = endpoint.authority.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 64 && $0 != 47 && $0 != 92 }
      if !isPlain { summary.problems.append("an authority with odd bytes") }
    }
  }

  private static func encodings(_ bytes: [UInt8], _ summary: inout Summary) {
    var encoded: [UInt8] = []
    ByteEncoding.appendPercentEncoded(bytes, keepingSlash: true, to: &encoded)
    if PercentCode.decoded(encoded, plusIsBlank: false) != bytes { summary.problems.append("lost by %") }
    if ByteEncoding.bytes(base64: ByteEncoding.base64(bytes)) != bytes { summary.problems.append("lost by base64") }
    if ByteEncoding.bytes(hex: ByteEncoding.hex(bytes)) != bytes { summary.problems.append("lost by hex") }
    let text = String(decoding: bytes, as: UTF8.self)
    summary.results.append("\(ByteEncoding.bytes(base64: text)?.count ?? -1)")
    let path = PathRules.generic.canonical([47] + bytes)
    if path.first != 47 || path.contains(32) { summary.problems.append("an odd canonical path") }
  }
}
