import BundleModel
import Testing

@Suite("Checksums")
struct ChecksumTests {
  private static let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  @Test("Trimmed and lowered", arguments: [hex, hex.uppercased(), "  \(hex)\n"])
  func normalised(raw: String) {
    #expect(Checksum(hex: raw)?.hex == Self.hex)
  }

  private static let refusals: [String] = {
    let tail = String(hex.dropFirst())
    return [
      "", "e3", String(hex.dropLast()), hex + "0", "g" + tail, "0x" + String(tail.dropFirst()), "\u{661}" + tail,
      "\u{ff41}" + tail, String(tail.prefix(31)) + " " + String(tail.suffix(32)),
    ]
  }()

  @Test("What is not 64 hex digits is refused", arguments: refusals)
  func refused(raw: String) {
    #expect(Checksum(hex: raw) == nil)
  }

  @Test("Digest and hex are two spellings of one value")
  func digest() throws {
    let checksum = try #require(Checksum(hex: Self.hex))
    #expect(checksum.digest.count == 32)
    #expect(checksum.digest.prefix(4) == [0xE3, 0xB0, 0xC4, 0x42])
    #expect(Checksum(digest: checksum.digest) == checksum)
    let every = [UInt8](0...255)
    for start in stride(from: 0, to: 256, by: 32) {
      let bytes = Array(every[start..<start + 32])
      #expect(Checksum(digest: bytes)?.digest == bytes)
    }
  }

  @Test("A digest has 32 bytes", arguments: [0, 31, 33, 64])
  func length(count: Int) {
    #expect(Checksum(digest: [UInt8](repeating: 0, count: count)) == nil)
  }
}
