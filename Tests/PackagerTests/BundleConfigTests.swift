import BundleModel
import Testing

@testable import Packager

@Suite struct BundleConfigTests {
  private func read(_ json: String) throws(PackagingError) -> BundleConfig {
    try BundleConfig(json: Array(json.utf8))
  }

  @Test func defaultsAreAppHubs() throws {
    let config = try read(#"{"slug": "  CSV-Loader "}"#)
    #expect(config.slug.text == "csv-loader")
    #expect(config.entry == "src/index.ts")
    #expect(config.outDir == "dist")
    #expect(config.manifestPath == "manifest.json")
    #expect(config.artifactDir == "artifacts")
    #expect(config.files == ["manifest.json", "dist/**/*"])
    #expect(config.pythonEntry == nil)
    #expect(config.build.isEmpty)
    #expect(config.externals.isEmpty && config.runtimeDependencies.isEmpty)
  }

  @Test func theDefaultFilesFollowOutDir() throws {
    #expect(try read(#"{"slug": "s", "outDir": "build"}"#).files == ["manifest.json", "build/**/*"])
  }

  @Test func readsEveryField() throws {
    let config = try read(
      """
      {"slug": "s", "entry": "a.ts", "outDir": "out", "manifestPath": "m.json", "artifactDir": "art",
       "files": [" x ", "", "y/**"], "tests": {"sampleInputPath": "sample.json"}, "pythonEntry": "p.py",
       "pythonRequirementsPath": "r.txt", "externals": ["pg", " "], "runtimeDependencies": ["@a/b"],
       "build": ["python3", "tools/x.py", ""], "unknown": {"kept": false}}
      """)
    #expect(config.files == ["x", "y/**"])
    #expect(config.sampleInputPath == "sample.json")
    #expect(config.externals == ["pg"])
    #expect(config.runtimeDependencies == ["@a/b"])
    #expect(config.build == ["python3", "tools/x.py", ""])
    #expect(
      [config.entry, config.outDir, config.manifestPath, config.artifactDir] == ["a.ts", "out", "m.json", "art"])
    #expect([config.pythonEntry, config.pythonRequirementsPath] == ["p.py", "r.txt"])
    try config.checkPaths()
  }

  @Test(arguments: [
    ("{}", "apphub.bundle.json: slug is required and must not be blank"),
    (#"{"slug": " "}"#, "apphub.bundle.json: slug is required and must not be blank"),
    (#"{"slug": 7}"#, "apphub.bundle.json: slug must be a string, not a number"),
    ("[]", "apphub.bundle.json: must be a JSON object, not an array"),
    (#"{"slug": "s", "files": "x"}"#, "apphub.bundle.json: files must be an array of strings, not a string"),
    (#"{"slug": "s", "files": ["x", 1]}"#, "apphub.bundle.json: files[1] must be a string, not a number"),
    (
      #"{"slug": "s", "tests": {"sampleInputPath": []}}"#,
      "apphub.bundle.json: tests.sampleInputPath must be a string, not an array"
    ),
    (#"{"slug": "s", "build": "make"}"#, "apphub.bundle.json: build must be an array of strings, not a string"),
    (#"{"slug": "s", "build": [" ", "x"]}"#, "apphub.bundle.json: build[0] must name a program"),
    (
      "{\n\"slug\": \"s\",\n}",
      "apphub.bundle.json: not valid JSON: line 3, column 1: expected a name in double quotes"
    ),
  ])
  func errorsNameFileAndField(json: String, message: String) {
    let error = #expect(throws: PackagingError.self) { try read(json) }
    #expect(error?.message == message)
    #expect(error?.errorClass == .bundle)
  }

  @Test(arguments: [
    (#""entry": "../x.ts""#, "entry"), (#""outDir": "/tmp""#, "outDir"),
    (#""manifestPath": "a/../../m""#, "manifestPath"),
    (#""artifactDir": "..""#, "artifactDir"), (#""files": ["dist/**", "../../**"]"#, "files[1]"),
    (#""files": ["/etc/*"]"#, "files[0]"), (#""pythonEntry": "../m.py""#, "pythonEntry"),
    (#""pythonRequirementsPath": "/r""#, "pythonRequirementsPath"),
    (#""runtimeDependencies": ["../../etc"]"#, "runtimeDependencies[0]"),
    (#""runtimeDependencies": ["a/b/c"]"#, "runtimeDependencies[0]"),
    (#""tests": {"sampleInputPath": "../s"}"#, "tests.sampleInputPath"),
  ])
  func pathsThatLeaveTheBundleAreNamed(field: String, name: String) throws {
    let config = try read("{\"slug\": \"s\", \(field)}")
    let error = #expect(throws: PackagingError.self) { try config.checkPaths() }
    #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
    #expect(error?.errorClass == .bundle)
  }
}
