import BundleModel
import Testing

@Suite("Fingerprints")
struct FingerprintTests {
  @Test("Trimmed, case kept", arguments: [(" aBc ", "aBc"), ("x", "x"), ("a b", "a b")])
  func normalised(raw: String, text: String) {
    #expect(Fingerprint(raw)?.text == text)
    #expect(Fingerprint(raw)?.description == text)
  }

  @Test("Nothing is no fingerprint", arguments: ["", " ", "\r\n"])
  func blank(raw: String) {
    #expect(Fingerprint(raw) == nil)
  }

  @Test("What stands for none yet reads back as itself")
  func pending() {
    #expect(Fingerprint("pending") == .pending)
    #expect(Fingerprint("Pending") != .pending)
  }
}
