import BundleModel
import Testing

@testable import Packager

@Suite struct ManifestTests {
  private func read(_ json: String) throws(PackagingError) -> Manifest {
    try Manifest(json: Array(json.utf8))
  }

  @Test func node() throws {
    let manifest = try read(
      """
      {"name": "n", "version": "1.2", "entry": "dist/index.js", "capabilities": ["a", "b"], "description": "d",
       "metadata": {}, "extra": 1}
      """)
    #expect(manifest.runtime == "node18")
    #expect(!manifest.isPython)
    #expect(manifest.capabilities == ["a", "b"])
    #expect(manifest.summary == "d")
  }

  @Test(arguments: ["python", "python3.11", "Python3"])
  func python(runtime: String) throws {
    let manifest = try read(
      "{\"name\": \"n\", \"version\": \"1\", \"runtime\": \"\(runtime)\", \"pythonEntry\": \"src/main.py\"}")
    #expect(manifest.isPython)
    #expect(manifest.entry == nil)
  }

  @Test(arguments: [
    ("{}", ["/name: is required", "/version: is required", "/entry: is required"]),
    (
      #"{"name": "", "version": 1, "entry": "e"}"#,
      ["/name: must not be empty", "/version: must be a string, not a number"]
    ),
    (#"{"name": "n", "version": "1", "runtime": "python3"}"#, ["/pythonEntry: is required"]),
    (#"{"name": "n", "version": "1", "runtime": "node20"}"#, ["/entry: is required"]),
    (
      #"{"name": "n", "version": "1", "entry": "e", "capabilities": ["a", "a", ""]}"#,
      ["/capabilities/1: \"a\" is there twice", "/capabilities/2: must be a non-empty string"]
    ),
    (
      #"{"name": "n", "version": "1", "entry": "e", "capabilities": "a"}"#,
      ["/capabilities: must be an array, not a string"]
    ),
    (
      #"{"name": "n", "version": "1", "entry": "e", "metadata": []}"#,
      ["/metadata: must be an object, not an array"]
    ),
    ("7", ["/: must be an object, not a number"]),
  ])
  func saysEverythingThatIsWrong(json: String, lines: [String]) {
    let error = #expect(throws: PackagingError.self) { try read(json) }
    #expect(error?.message == (["Manifest validation failed"] + lines).joined(separator: "\n"))
    #expect(error?.errorClass == .bundle)
  }

  @Test func controlCharactersDoNotReachTheMessage() {
    let error = #expect(throws: PackagingError.self) {
      try read(#"{"name": "n", "version": "1", "entry": "e", "capabilities": ["\u001b[31m", "\u001b[31m"]}"#)
    }
    #expect(error?.message.utf8.contains(0x1B) == false)
  }
}
