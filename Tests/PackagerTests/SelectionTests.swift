import BundleModel
import Testing

@testable import Packager

@Suite struct SelectionTests {
  private let node = #"{"name": "n", "version": "1", "entry": "dist/index.js"}"#
  private let python = #"{"name": "n", "version": "1", "runtime": "python3", "pythonEntry": "src/main.py"}"#

  private func select(_ scratch: Scratch, config: String = "", manifest: String) throws -> [String] {
    let json = "{\"slug\": \"s\"\(config.isEmpty ? "" : ", " + config)}"
    return try Selection.files(
      in: scratch.path, config: BundleConfig(json: Array(json.utf8)),
      manifest: Manifest(json: Array(manifest.utf8)),
      Interruption(within: .seconds(60))
    ).map(\.path.text)
  }

  private func make(_ names: [String]) -> Scratch {
    let scratch = Scratch()
    for name in names { scratch.write(name, name) }
    return scratch
  }

  @Test func nodeTakesManifestAndDistWithoutDotFiles() throws {
    let scratch = make([
      "manifest.json", "dist/index.js", "dist/index.js.map", "dist/.env", "dist/.git/x", "dist/node_modules/p/i.js",
      "src/index.ts", "node_modules/p/i.js", "README.md", ".npmrc",
    ])
    #expect(
      try select(scratch, manifest: node) == [
        "dist/index.js", "dist/index.js.map", "dist/node_modules/p/i.js", "manifest.json",
      ])
  }

  @Test func pythonTakesItsSourcesAndRequirements() throws {
    let scratch = make([
      "manifest.json", "src/main.py", "src/pkg/a.py", "src/pkg/data.txt", "src/.hidden.py", "tools/x.py",
      "requirements.txt", "src/__pycache__/main.cpython-311.pyc", "src/pkg/old.pyc",
    ])
    #expect(
      try select(scratch, manifest: python) == ["manifest.json", "requirements.txt", "src/main.py", "src/pkg/a.py"])
  }

  @Test func pythonEntryOfTheConfigWins() throws {
    let scratch = make(["manifest.json", "src/main.py", "app/run.py", "app/b.py"])
    #expect(
      try select(scratch, config: #""pythonEntry": "app/run.py""#, manifest: python) == [
        "app/b.py", "app/run.py", "manifest.json",
      ])
  }

  @Test func aManifestBehindADotIsTakenAllTheSame() throws {
    let scratch = make([".apphub/manifest.json", "dist/index.js"])
    #expect(
      try select(scratch, config: #""manifestPath": ".apphub/manifest.json""#, manifest: node) == [
        ".apphub/manifest.json", "dist/index.js",
      ])
  }

  @Test func missingFilesAreNamed() throws {
    let scratch = make(["dist/index.js"])
    let error = #expect(throws: PackagingError.self) { try select(scratch, manifest: node) }
    #expect(error?.message == "manifest.json: no such file in the bundle")
    let other = make(["manifest.json"])
    let entry = #expect(throws: PackagingError.self) { try select(other, manifest: python) }
    #expect(entry?.message == "src/main.py: no such file in the bundle")
    #expect(entry?.errorClass == .bundle)
  }

  @Test(arguments: ["../*", "/etc/*", "dist/../../x", "a/../../**"])
  func patternsThatLeaveAreRefused(pattern: String) throws {
    let scratch = make(["manifest.json"])
    let error = #expect(throws: PackagingError.self) {
      try select(scratch, config: "\"files\": [\"\(pattern)\"]", manifest: node)
    }
    #expect(error?.message.contains("files[0] \"\(pattern)\"") == true)
  }

  @Test func chosenLinksAreRefusedAndOthersDoNotMatter() throws {
    let scratch = make(["manifest.json", "dist/index.js"])
    scratch.link("other", to: "/etc/hostname")
    #expect(try select(scratch, manifest: node).count == 2)
    scratch.link("dist/passwd", to: "/etc/passwd")
    let error = #expect(throws: PackagingError.self) { try select(scratch, manifest: node) }
    #expect(error?.message.hasPrefix("dist/passwd is a symbolic link") == true)
  }

  @Test func aLinkedDirectoryIsNotEntered() throws {
    let outside = make(["secret.txt"])
    let scratch = make(["manifest.json", "dist/index.js"])
    scratch.link("dist/out", to: outside.path)
    let error = #expect(throws: PackagingError.self) { try select(scratch, manifest: node) }
    #expect(error?.message.hasPrefix("dist/out is a symbolic link") == true)
    #expect(outside.exists("secret.txt"))
  }
}
