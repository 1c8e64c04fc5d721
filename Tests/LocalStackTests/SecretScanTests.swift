import LocalStack
import TestSupport
import Testing

/// The search for secrets after a test run finds what it is for.
@Suite struct SecretScanTests {
  /// The runner prints names of arguments, which must not be found themselves.
  enum Leak: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case secret, link, header, token
    var testDescription: String { rawValue }
    var text: String {
      switch self {
      case .secret: "password=" + randomSecret()
      case .link: "GET /b/k?X-Amz-Signature=" + String(repeating: "0f", count: 32)
      case .header: "Authorization: AWS4-HMAC-SHA256 Credential=a/b"
      case .token: "url?X-Amz-Security-Token=abc"
      }
    }
  }

  @Test(arguments: Leak.allCases) func findsAndNamesThePlaceAlone(_ leak: Leak) async throws {
    let text = leak.text
    let folder = try TemporaryDirectory()
    try folder.write("nothing\n", to: "logs/clean.log")
    let scan = "\(TestTools.repository)/scripts/secret-scan.sh"
    #expect(try await Program.run(scan, [folder.path]).status == 0)
    try folder.write("first\u{0}line\n\(text)\n", to: "logs/pod.log")
    let result = try await Program.run(scan, [folder.path])
    #expect(result.status == 1)
    #expect(result.output.contains("logs/pod.log") && !result.output.contains("clean.log"))
    #expect(!result.output.contains(text))
  }

  @Test func doesNotTakeAFailedSearchForSuccess() async throws {
    #expect(
      try await Program.run("\(TestTools.repository)/scripts/secret-scan.sh", ["/no/such/folder"]).status == 1)
  }
}
