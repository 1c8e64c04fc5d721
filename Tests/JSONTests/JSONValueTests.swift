import JSON
import Testing

@Suite struct JSONValueTests {
  @Test(arguments: [
    ("null", JSONValue.null), (" true ", .bool(true)), ("-1.5e2", .number(-150)), ("[]", .array([])),
    ("{}", .object([:])), (#""a\u00e9\n\"""#, .string("aé\n\"")), (#""\ud83d\ude00""#, .string("😀")),
    (#"{"a":[1,{"b":null}]}"#, .object(["a": .array([.number(1), .object(["b": .null])])])),
    ("\u{FEFF}1", .number(1)),
  ])
  func reads(text: String, wanted: JSONValue) throws {
    #expect(try JSONValue(parsing: Array(text.utf8)) == wanted)
  }

  @Test(arguments: [
    ("", 1, 1), ("{\"a\": tru", 1, 7), ("{\n \"a\": 1,\n}", 3, 1), ("{\"a\": 1\n\"b\": 2}", 2, 1), ("[1,2", 1, 5),
    ("1 2", 1, 3), ("\"a\nb\"", 1, 3), (#""\x""#, 1, 3), (#""\ud83d""#, 1, 8), ("01.", 1, 1), ("{'a': 1}", 1, 2),
    ("\"abc", 1, 5),
  ])
  func saysWhere(text: String, line: Int, column: Int) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array(text.utf8)) }
    #expect(error?.line == line, "\(error?.description ?? "")")
    #expect(error?.column == column, "\(error?.description ?? "")")
  }

  @Test func deepNestingIsAnErrorAndNoCrash() {
    #expect(throws: JSONSyntaxError.self) {
      try JSONValue(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 100_000))
    }
  }

  @Test func bytesThatAreNoUTF8AreAnError() {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
  }

  @Test func membersKeepTheirOrder() throws {
    let text = #"{"b": 1, "a": 2, "b": 3}"#
    guard case .object(let object) = try JSONValue(parsing: Array(text.utf8)) else {
      Issue.record("no object")
      return
    }
    #expect(object.keys == ["b", "a"])
    #expect(object.values == [.number(3), .number(2)])
    #expect(object["b"] == .number(3) && object["c"] == nil)
    #expect(object == ["a": .number(2), "b": .number(3)])
  }

  @Test(arguments: [
    (#"{"a": 1, "a": 2}"#, JSONLimits(duplicateNames: .refused), 10), ("[[]]", JSONLimits(depth: 1), 2),
    ("123", JSONLimits(bytes: 2), 1),
  ])
  func refusesBeyondItsLimits(text: String, limits: JSONLimits, column: Int) throws {
    let error = #expect(throws: JSONSyntaxError.self) {
      try JSONValue(parsing: Array(text.utf8), limits: limits)
    }
    #expect(error?.column == column, "\(error?.description ?? "")")
    _ = try JSONValue(parsing: Array(text.utf8))
  }
}
