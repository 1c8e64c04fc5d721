import BundleModel
import Glibc
import Hashing
import LegacyStore
import TestSupport
import Testing

@Suite("What holds for every status and every file")
struct LegacyPropertyTests {
  private static let letters = Array(
    "aZ09 ._-/\\\"\n\t\u{1}\u{7F}é\u{E9}\u{2028}\u{202E}日😀{}[]:,#%~".unicodeScalars)

  private static func text(_ random: inout SeededRandom, _ length: ClosedRange<Int> = 0...12) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: length, using: &random) { text.append(letters.randomElement(using: &random)!) }
    return String(text)
  }

  private static func status(_ random: inout SeededRandom, slug: Slug) -> LegacyStatus {
    func moment(_ random: inout SeededRandom) -> Timestamp {
      Timestamp(microseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random) * 1000)
    }
    /// As the reader hands short texts on: never blank.
    func name(_ random: inout SeededRandom) -> String? {
      let text = text(&random)
      return text.nonBlank == nil || random.chance(30) ? nil : text
    }
    return LegacyStatus(
      slug: slug, fingerprint: Fingerprint(text(&random)) ?? .pending,
      stage: Stage.allCases.randomElement(using: &random)!,
      state: BundleState.allCases.randomElement(using: &random)!, createdAt: moment(&random),
      updatedAt: moment(&random),
      jobID: name(&random), version: name(&random),
      checksum: name(&random).map { $0.trimmingBlanks().lowercased() }, filename: name(&random),
      cached: [nil, true, false].randomElement(using: &random)!, error: random.chance(50) ? nil : text(&random),
      message: random.chance(50) ? nil : text(&random))
  }

  @Test("what is written is read back equal", arguments: [1, 2, 3, 4] as [UInt64])
  func roundTrip(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let fixture = try LegacyFixture()
    var written: [Slug: LegacyStatus] = [:]
    for _ in 0..<150 {
      guard let slug = Slug(Self.text(&random, 1...12)) else { continue }
      let status = Self.status(&random, slug: slug)
      do throws(LegacyError) {
        try fixture.directory.write(status)
        written[slug] = status
      } catch {
        #expect(error.kind == .invalid && (slug.text.contains("/") || slug.text.hasPrefix(".")), "\(error)")
      }
    }
    var read: [Slug: LegacyStatus] = [:]
    for item in try fixture.items() {
      guard case .entry(let entry) = item else { throw TestSupportError("\(item)") }
      read[entry.status.slug] = entry.status
      let bytes = try TestFile.bytes(of: "\(fixture.directory.path)/status/\(entry.status.slug).json")
      #expect(bytes == entry.status.fileText && entry.file.size == Int64(bytes.count))
      #expect(entry.file.checksum == Checksum(digest: SHA256.digest(of: bytes)))
    }
    #expect(read == written && read.count > 50)
    for (slug, status) in written {
      guard case .entry(let entry)? = try fixture.directory.entry(slug: slug) else {
        throw TestSupportError("\(slug)")
      }
      #expect(entry.status == status)
    }
  }

  @Test("any bytes have an outcome, alone and in the map", arguments: [11, 12, 13] as [UInt64])
  func anyBytes(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let fixture = try LegacyFixture()
    let sound = Array(LegacyFixture.text("alpha", ["message": "\"caf\\u00e9 \\ud83d\\ude00\""]).utf8)
    for round in 0..<400 {
      var bytes =
        round % 4 == 0
        ? (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        : sound
      if round % 4 != 0 {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let at = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0...3, using: &random) {
          case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
          case 1: bytes.remove(at: at)
          case 2: bytes.insert("{}[]\":,\\0 ".utf8.randomElement(using: &random)!, at: at)
          default: bytes = Array(bytes.prefix(at)) + bytes.suffix(Int.random(in: 0...bytes.count, using: &random))
          }
          if bytes.isEmpty { break }
        }
      }
      let map = Array("{\"k\": ".utf8) + bytes + Array("}".utf8)
      try fixture.write(bytes, to: "status/a.json")
      try fixture.write(map, to: "status.json")
      let items = try fixture.items()
      #expect(items.count >= 2 || map.count > 6 && items.count == 1, "\(String(decoding: bytes, as: UTF8.self))")
      for case .entry(let entry) in items {
        // What is taken can be written and is the same then.
        let copy = LegacyDirectory(path: fixture.folder.path + "/copy")
        try copy.create()
        guard entry.file.path == "status/a.json" else { continue }
        try copy.write(entry.status)
        guard case .entry(let again)? = try copy.entry(slug: entry.status.slug) else {
          throw TestSupportError("\(entry)")
        }
        #expect(again.status == entry.status)
      }
    }
  }

  @Test("no status, whatever it names, makes an archive of what lies outside", arguments: [21, 22] as [UInt64])
  func nothingOutside(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let fixture = try LegacyFixture()
    try fixture.folder.write("secret", to: "secret")
    try fixture.write("secret", to: "artifacts/secret")
    #expect(symlink("../../secret", fixture.directory.path + "/artifacts/a") == 0)
    #expect(symlink("..", fixture.directory.path + "/up") == 0)
    let names = [
      "..", ".", "a", "up", "secret", "artifacts", "status", "../secret", "../../secret", "/", "", "old", "\u{0}",
    ]
    for _ in 0..<2000 {
      func name() -> String {
        names.randomElement(using: &random)! + (random.chance(20) ? "/" + names.randomElement(using: &random)! : "")
      }
      guard let slug = Slug(name()), let fingerprint = Fingerprint(name()) else { continue }
      let status = LegacyStatus(
        slug: slug, fingerprint: fingerprint, stage: .completed, createdAt: Timestamp(microseconds: 0),
        updatedAt: Timestamp(microseconds: 0), filename: name())
      if case .found(let archive) = fixture.directory.archive(of: status) {
        #expect(archive.path == "artifacts/secret", "\(archive) of \(status)")
      }
    }
  }
}
