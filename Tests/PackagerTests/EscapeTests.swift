import BundleModel
import Glibc
import Testing

@testable import Packager

/// No path leaves the bundle, whoever made it: its author or a command that ran in it.
@Suite struct EscapeTests {
  private func package(
    _ directory: String, _ temporary: Scratch, limits: PackagingLimits = PackagingLimits()
  ) async throws -> [String] {
    let request = PackagingRequest(
      source: try BundleSource.load(directory: directory), allowBuildCommands: true,
      temporaryDirectory: temporary.path, limits: limits)
    let packager = Packager()
    let resolved = try await packager.resolve(request)
    return try await packager.package(
      request, resolved, events: { _ in }, body: { archive in try await names(in: archive.path) })
  }

  /// A field of the config, and a value that would leave.
  private static let fields: [(field: String, json: String)] = [
    ("files[0]", #""files": ["../secret/**"]"#), ("files[1]", #""files": ["manifest.json", "/etc/*"]"#),
    ("files[0]", #""files": ["src/../../secret/*"]"#),
    ("manifestPath", #""manifestPath": "../secret/manifest.json""#),
    ("manifestPath", #""manifestPath": "/etc/passwd""#), ("pythonEntry", #""pythonEntry": "../secret/main.py""#),
    ("pythonRequirementsPath", #""pythonRequirementsPath": "../secret/r.txt""#),
    ("outDir", #""outDir": "../secret""#),
    ("outDir", #""outDir": "/tmp""#), ("artifactDir", #""artifactDir": "a/../../secret""#),
    ("entry", #""entry": "../secret/index.ts""#),
    ("tests.sampleInputPath", #""tests": {"sampleInputPath": "../s"}"#),
    ("runtimeDependencies[0]", #""runtimeDependencies": ["../secret"]"#),
    ("runtimeDependencies[0]", #""runtimeDependencies": ["/etc"]"#),
    ("runtimeDependencies[0]", #""runtimeDependencies": ["a/b"]"#),
    ("runtimeDependencies[0]", #""runtimeDependencies": ["@a/../../secret"]"#),
  ]

  @Test(arguments: fields) func configPathsStayInside(field: String, json: String) async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    sources.write("secret/main.py", "hunter2")
    let directory = sources.pythonBundle("p", config: json)
    let error = await #expect(throws: PackagingError.self) { try await package(directory, temporary) }
    #expect(error?.errorClass == .bundle)
    #expect(error?.message.hasPrefix("apphub.bundle.json: \(field) \"") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("must be a relative path inside the bundle directory") == true)
    #expect(temporary.names.isEmpty)
  }

  @Test func theManifestsPythonEntryStaysInside() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let directory = sources.pythonBundle("p")
    sources.write(
      "p/manifest.json", #"{"name": "n", "version": "1", "runtime": "python3", "pythonEntry": "../secret/main.py"}"#
    )
    let error = await #expect(throws: PackagingError.self) { try await package(directory, temporary) }
    #expect(error?.message == "manifest.json: pythonEntry \"../secret/main.py\" leaves the bundle")
  }

  /// Links by the author: to a file, a directory, the manifest, through a directory inside, absolute and relative.
  @Test(arguments: [
    ("p/src/data.py", "../../secret/main.py"), ("p/src/more", "../../secret"), ("p/extra", "/etc"),
    ("p/loop", "loop"), ("p/nothing", "not/there"),
  ])
  func linksOfTheAuthorStayInside(name: String, target: String) async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    sources.write("secret/main.py", "hunter2")
    let directory = sources.pythonBundle("p")
    sources.link(name, to: target)
    let error = await #expect(throws: PackagingError.self) { try await package(directory, temporary) }
    #expect(error?.errorClass == .bundle)
    #expect(error?.message.contains("is a symbolic link to \(target), which is not inside the bundle") == true)
    #expect(temporary.names.isEmpty)
  }

  @Test func aLinkedManifestIsRefused() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let directory = sources.pythonBundle("p")
    sources.write(
      "secret/manifest.json", #"{"name": "n", "version": "1", "runtime": "python3", "pythonEntry": "m"}"#)
    unlink("\(directory)/manifest.json")
    sources.link("p/manifest.json", to: "../secret/manifest.json")
    let error = await #expect(throws: PackagingError.self) { try await package(directory, temporary) }
    #expect(error?.message.contains("manifest.json: no such file in the bundle") == true)
  }

  @Test func pipesSocketsAndDevicesAreRefused() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let directory = sources.pythonBundle("p")
    #expect(mkfifo("\(directory)/pipe", 0o600) == 0)
    let pipe = await #expect(throws: PackagingError.self) { try await package(directory, temporary) }
    #expect(pipe?.message == "pipe is neither a file nor a directory; take it out of the bundle")
    unlink("\(directory)/pipe")
    #expect(mknod("\(directory)/socket", S_IFSOCK | 0o600, 0) == 0)
    let socket = await #expect(throws: PackagingError.self) { try await package(directory, temporary) }
    #expect(socket?.message.hasPrefix("socket is neither a file nor a directory") == true)
    unlink("\(directory)/socket")
    // A hard link is a file like any other.
    #expect(Glibc.link("\(directory)/src/main.py", "\(directory)/src/other.py") == 0)
    #expect(try await package(directory, temporary) == ["manifest.json", "src/main.py", "src/other.py"])
  }

  /// What a build command leaves behind: chosen links fail, and nothing follows one.
  @Test(arguments: [
    ("ln -s /etc/passwd src/stolen.py", "src/stolen.py is a symbolic link"),
    ("rm manifest.json; ln -s /etc/passwd manifest.json", "manifest.json is a symbolic link"),
    ("rm -r src; ln -s /etc src", "src/main.py: no such file in the bundle"),
    ("mkfifo src/pipe.py", "src/pipe.py is neither a file nor a directory"),
  ])
  func whatABuildLeavesIsNotFollowed(script: String, message: String) async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let directory = sources.pythonBundle("p", config: "\"build\": [\"sh\", \"-c\", \"\(script)\"]")
    let error = await #expect(throws: PackagingError.self) { try await package(directory, temporary) }
    #expect(error?.errorClass == .bundle)
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    #expect(temporary.names.isEmpty)
  }

  /// The pod itself writes runtime dependencies: a planted link would lead it, outside of any sandbox, elsewhere.
  @Test(arguments: [
    "ln -s '$OUTSIDE' dist/node_modules", "rm -r dist; ln -s '$OUTSIDE' dist",
    "mkdir -p dist/node_modules; ln -s '$OUTSIDE' dist/node_modules/@s",
  ])
  func thePodFollowsNoPlantedLink(script: String) async throws {
    let (sources, temporary, outside) = (Scratch(), Scratch(), Scratch())
    outside.write("local/keep", "kept")
    outside.write("@s/local/keep", "kept")
    outside.write("node_modules/@s/local/keep", "kept")
    let written = script.replacing("$OUTSIDE", with: outside.path)
    let directory = sources.nodeBundle(
      "n", source: "console.log(1)",
      config: "\"runtimeDependencies\": [\"@s/local\"], \"build\": [\"sh\", \"make.sh\"]")
    sources.write(
      "n/make.sh", "mkdir -p dist node_modules/@s/local; echo 1 > node_modules/@s/local/index.js; \(written)")
    await #expect(throws: PackagingError.self) { try await package(directory, temporary) }
    for name in ["local/keep", "@s/local/keep", "node_modules/@s/local/keep"] {
      #expect(outside.text(name) == "kept", "\(name)")
    }
    #expect(!outside.exists("local/index.js") && !outside.exists("index.js"))
  }

  @Test func archivesHaveLimits() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let directory = sources.pythonBundle("p")
    let few = await #expect(throws: PackagingError.self) {
      try await package(directory, temporary, limits: PackagingLimits(entries: 1))
    }
    #expect(few?.message == "the archive would hold 2 files; this pod takes 1: leave some out")
    let small = await #expect(throws: PackagingError.self) {
      try await package(directory, temporary, limits: PackagingLimits(content: 10))
    }
    #expect(small?.message.contains("leave some out") == true)
    let archive = await #expect(throws: PackagingError.self) {
      try await package(directory, temporary, limits: PackagingLimits(archive: 10))
    }
    #expect(archive?.message.hasPrefix("the archive is larger than 10 bytes") == true)
  }
}
