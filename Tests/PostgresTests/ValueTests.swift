import BundleModel
import Postgres
import TestSupport
import Testing

@Suite("Values in both directions")
struct ValueTests {
  static let texts = [
    "", " ", "plain", "Ünïcödé ✓ 🐘", "'; drop table x; --", "\\", "\"", "a\nb\r\tc", "{\"a\"}", "NULL", "null",
    "\u{1B}[31m", "e\u{301}", "%s%n$1",
  ]

  @Test("Text comes back byte for byte")
  func text() async throws {
    let connection = try await SharedDatabase.connect()
    for text in Self.texts {
      let row = try #require(try await connection.query("select $1::text as t, length($1)", [.text(text)]).first)
      let back: String = try row.decode("t")
      #expect(Array(back.utf8) == Array(text.utf8))
      let length: Int = try row.decode("length")
      #expect(length == text.unicodeScalars.count)
    }
    let long = String(repeating: "0123456789", count: 100_000)
    let back: String = try #require(try await connection.query("select $1::text", [.text(long)]).first).decode(
      at: 0)
    #expect(back == long)
  }

  @Test("Arrays of hostile text keep their elements", arguments: [[], [""], texts, ["{}", ",", "a,b", "\\\""]])
  func array(elements: [String]) async throws {
    let connection = try await SharedDatabase.connect()
    let row = try #require(
      try await connection.query("select $1::text[] as a, cardinality($1::text[]) as n", [.textArray(elements)])
        .first)
    var reader = row.reader()
    let back: [String] = try reader.next()
    let count: Int = try reader.next()
    #expect(back == elements)
    #expect(count == elements.count)
  }

  @Test("Any array comes back, wherever its quotes and backslashes are", arguments: 0..<8 as Range<UInt64>)
  func anyArray(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let pieces = ["\"", "\\", "{", "}", ",", " ", "a", "bc", "NULL", "ü", "🐘", "\n"]
    let elements = (0..<200).map { _ in
      (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
    }
    let connection = try await SharedDatabase.connect()
    let rows = try await connection.query(
      "select $1::text[], (select string_agg(e, '|' order by n) from unnest($1::text[]) with ordinality as u (e, n))",
      [.textArray(elements)])
    var reader = try #require(rows.first).reader()
    #expect(try reader.next() as [String] == elements)
    #expect(try reader.next() as String == elements.joined(separator: "|"))
  }

  @Test("NULL among the elements is seen, and refused where none is expected")
  func arrayWithNull() async throws {
    let connection = try await SharedDatabase.connect()
    let row = try #require(try await connection.query("select array['a', null, 'NULL', 'null']").first)
    let back: [String?] = try row.decode(at: 0)
    #expect(back == ["a", nil, "NULL", "null"])
    #expect(await postgresError { try row.decode(at: 0, as: [String].self) }?.kind == .decoding)
    let nested = try #require(try await connection.query("select array[['a'],['b']]").first)
    #expect(await postgresError { try nested.decode(at: 0, as: [String].self) }?.kind == .decoding)
  }

  @Test("Numbers, truth values and bytes come back")
  func scalars() async throws {
    let connection = try await SharedDatabase.connect()
    let bytes = (0...255).map { UInt8($0) }
    let row = try #require(
      try await connection.query(
        "select $1::bigint, $2::bigint, $3::int, $4::bool, $5::bool, $6::float8, $7::float8, $8::bytea, $9::text",
        [
          .integer(Int64.min), .integer(Int64.max), -42, true, false, 0.1, .double(-.infinity), .bytes(bytes),
          nil,
        ]
      ).first)
    var reader = row.reader()
    #expect(try reader.next() as Int64 == .min)
    #expect(try reader.next() as Int == .max)
    #expect(try reader.next() as Int32 == -42)
    #expect(try reader.next() as Bool)
    #expect(try !(reader.next() as Bool))
    #expect(try reader.next() as Double == 0.1)
    #expect(try reader.next() as Double == -.infinity)
    #expect(try reader.next() as [UInt8] == bytes)
    #expect(try reader.next() as String? == nil)
    #expect(await postgresError { try reader.next(as: Int.self) }?.kind == .decoding)
  }

  @Test(
    "Moments keep their microseconds, whatever the zone of the session was",
    arguments: [
      Timestamp(microseconds: 0), Timestamp(microseconds: 1_767_323_045_678_901), Timestamp(microseconds: -1),
      Timestamp(microseconds: 951_782_400_000_000), .infiniteFuture, .infinitePast,
      Timestamp(microseconds: -62_135_596_800_000_000), Timestamp(microseconds: -62_135_596_800_000_001),
      Timestamp(microseconds: -210_000_000_000_000_000), Timestamp(microseconds: 4_000_000_000_000_000_000),
    ])
  func timestamp(moment: Timestamp) async throws {
    let connection = try await SharedDatabase.connect()
    let answer = try await connection.query(
      "select $1::timestamptz, isfinite($1::timestamptz), extract(epoch from $1::timestamptz)::text",
      [.timestamp(moment)])
    var reader = try #require(answer.first).reader()
    #expect(try reader.next() as Timestamp == moment)
    let isFinite: Bool = try reader.next()
    #expect(isFinite == (moment != .infiniteFuture && moment != .infinitePast))
    if isFinite {
      let epoch: String = try reader.next()
      #expect(
        epoch.filter { $0 != "." } == String(moment.microseconds) || moment.microseconds.magnitude < 1_000_000)
    }
  }

  @Test(
    "Spans are understood by the server",
    arguments: [
      (.zero, 0), (.microseconds(1), 1), (.microseconds(-1), -1), (.milliseconds(90_061_500), 90_061_500_000),
      (.seconds(-3661), -3_661_000_000), (.seconds(400_000_000), 400_000_000_000_000),
    ] as [(Duration, Int)])
  func interval(span: Duration, microseconds: Int) async throws {
    let connection = try await SharedDatabase.connect()
    let answer = try await connection.query(
      "select (extract(epoch from $1::interval) * 1000000)::bigint", [.interval(span)])
    #expect(try answer[0].decode(at: 0) as Int == microseconds)
  }

  @Test("A NUL character is refused before anything is sent, in texts and in arrays")
  func nul() async throws {
    let connection = try await SharedDatabase.connect()
    let text = await postgresError { try await connection.query("select $1, $2", ["a", "b\0c"]) }
    #expect(text?.kind == .encoding)
    #expect(text?.message.contains("$2") == true)
    #expect(
      await postgresError { try await connection.query("select $1", [.textArray(["\0"])]) }?.kind == .encoding)
    #expect(
      await postgresError { try await connection.query("select $1", [.textArray(["a\"", "b\0"])]) }?.kind
        == .encoding)
    #expect(try await connection.query("select 1").count == 1)
  }

  @Test("A wrong type, a wrong name and NULL are errors that do not quote the value")
  func mismatches() async throws {
    let connection = try await SharedDatabase.connect()
    let row = try #require(
      try await connection.query("select 'private'::text as t, null::int as n, 99999999999999999999 as big").first)
    for (column, isMissing) in [("t", false), ("n", false), ("big", false), ("absent", true)] {
      let error = await postgresError { try row.decode(column, as: Int.self) }
      #expect(error?.kind == .decoding)
      #expect(error?.message.contains(column) == true)
      #expect(error?.message.contains("private") == false)
      #expect(error?.message.contains("no column") == isMissing)
    }
    #expect(try row.decode("n", as: Int?.self) == nil)
  }

  @Test("Commands say how many rows they touched, answers name their columns")
  func affected() async throws {
    let connection = try await Connection.connect(try await freshSettings())
    try await connection.script("create table t (a int, b text); insert into t values (1, 'x'), (2, 'y')")
    #expect(try await connection.query("update t set a = a + 1").affected == 2)
    #expect(try await connection.query("delete from t where a = $1", [2]).affected == 1)
    let rows = try await connection.query("select a, b from t")
    #expect(rows.columns == ["a", "b"])
    #expect(rows.affected == 1)
    #expect(try await connection.query("select a from t where false").isEmpty)
  }
}
