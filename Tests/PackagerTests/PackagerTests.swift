import BundleModel
import Glibc
import Testing

@testable import Packager

/// The whole way from a directory to an archive.
@Suite struct PackagerTests {
  private func wanted(
    _ directory: String, _ temporary: Scratch, options: JobOptions = JobOptions(), allow: Bool = true,
    limits: PackagingLimits = PackagingLimits()
  ) throws -> PackagingRequest {
    PackagingRequest(
      source: try BundleSource.load(directory: directory), options: options, allowBuildCommands: allow,
      temporaryDirectory: temporary.path, limits: limits)
  }

  /// Packages and returns the archive's checksum and names; the workspace must be gone afterwards.
  @discardableResult
  private func package(
    _ request: PackagingRequest, searchPath: String? = nil, sandbox: Sandbox = .detect(),
    collected: Collected = Collected()
  ) async throws -> (archive: PackagedArchive, names: [String]) {
    let packager = Packager(searchPath: searchPath, sandbox: sandbox)
    let resolved = try await packager.resolve(request)
    return try await packager.package(request, resolved, events: collected.add) { archive in
      (archive, try await names(in: archive.path))
    }
  }

  @Test func pythonBundle() async throws {
    let (sources, temporary, collected) = (Scratch(), Scratch(), Collected())
    let request = try wanted(sources.pythonBundle("Tally"), temporary)
    let packager = Packager()
    let resolved = try await packager.resolve(request)
    #expect(resolved.filename == "tally-1.0.0.tgz")
    #expect(resolved.version == "1.0.0")
    #expect(resolved.isPinned)
    #expect(resolved.fingerprint.text.utf8.count == 64)
    let root = temporary.path
    try await packager.package(request, resolved, events: collected.add) { archive in
      #expect(archive.filename == "tally-1.0.0.tgz")
      #expect(archive.contentType == "application/gzip")
      let found = try await names(in: archive.path)
      #expect(found == ["manifest.json", "src/main.py"])
      #expect(archive.path.hasPrefix("\(root)/apphub-example-tally-\(resolved.fingerprint.text.prefix(8))-"))
    }
    #expect(temporary.names.isEmpty)
    #expect(
      collected.stages == [
        .stage(.installingDependencies, message: "No package manifest detected; skipping dependency install."),
        .stage(.packaging, message: nil),
      ])
    #expect(collected.events.last == .progress(message: "writing tally-1.0.0.tgz", fraction: 1))
  }

  @Test func nodeBundleWithSharedModules() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    sources.write("shared/x.ts", "export const shared = 'from the shared directory';")
    let directory = sources.nodeBundle(
      "area/n", source: "import { shared } from '../../shared/x';\nimport pg from 'pg';\nconsole.log(shared, pg);",
      config: #""externals": ["pg"]"#)
    sources.write("area/n/apphub.bundle.json", #"{"slug": "n", "externals": ["pg"]}"#)
    let request = try wanted(directory, temporary)
    let packager = Packager()
    let resolved = try await packager.resolve(request)
    let code = try await packager.package(request, resolved, events: Collected().add) { archive in
      let found = try await names(in: archive.path)
      #expect(found == ["dist/index.js", "dist/index.js.map", "manifest.json"])
      return temporary.text(
        "\(archive.path.dropFirst(temporary.path.count + 1).split(separator: "/")[0])/bundle/dist/index.js")
    }
    #expect(code?.contains("from the shared directory") == true)
    #expect(code?.contains(#"require("pg")"#) == true)
    #expect(temporary.names.isEmpty)
  }

  @Test func theSameInputsGiveTheSameBytesElsewhere() async throws {
    let (a, b, temporary) = (Scratch(), Scratch(), Scratch())
    let source = "export const answer: number = 42;\nconsole.log('größe', answer);"
    let first = try await package(wanted(a.nodeBundle("n", source: source), temporary))
    b.nodeBundle("deeper/down/n", source: source)
    b.write("deeper/down/n/apphub.bundle.json", #"{"slug": "n"}"#)
    let second = try await package(wanted("\(b.path)/deeper/down/n", temporary))
    #expect(first.archive.checksum == second.archive.checksum)
    let minified = try await package(wanted("\(a.path)/n", temporary, options: JobOptions(minify: true)))
    #expect(minified.archive.checksum != first.archive.checksum)
  }

  @Test func brokenImportsAreReadable() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let request = try wanted(
      sources.nodeBundle("n", source: "// one\nimport { p } from \"./publish\";\np();"), temporary)
    let error = await #expect(throws: PackagingError.self) { try await package(request) }
    #expect(error?.message == "src/index.ts:2: could not resolve \"./publish\"")
    #expect(error?.errorClass == .bundle)
    #expect(error?.tail.contains("2 │ import { p }") == true)
    #expect(temporary.names.isEmpty)
  }

  /// With the sandbox, which hides the file, and without, where the list of inputs tells.
  private static let sandboxes: [SandboxKind?] = testedSandboxes + [nil]

  @Test(arguments: ["secret.txt", "secret.json"], sandboxes)
  func anImportFromOutsideFailsAndItsTextIsNotKept(name: String, kind: SandboxKind?) async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let secret = sources.write(name, "\"hunter2\"")
    let request = try wanted(
      sources.nodeBundle("a/b/n", source: "import s from \"\(secret)\";\nconsole.log(s);"), temporary)
    let error = await #expect(throws: PackagingError.self) {
      try await package(request, sandbox: Sandbox(kind: kind))
    }
    #expect(error?.message.hasPrefix("src/index.ts") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("imports ") == true, "\(error?.message ?? "")")
    #expect(error?.message.hasSuffix("which is outside of the bundle and its shared directory") == true)
    #expect(error?.errorClass == .bundle)
    #expect("\(error?.message ?? "")\(error?.tail ?? "")".contains("hunter2") == false)
  }

  @Test(arguments: sandboxes) func aSyntaxErrorOutsideDoesNotShowTheFile(kind: SandboxKind?) async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let secret = sources.write("secret.js", "hunter2 hunter2")
    let request = try wanted(sources.nodeBundle("a/b/n", source: "import \"\(secret)\";"), temporary)
    let error = await #expect(throws: PackagingError.self) {
      try await package(request, sandbox: Sandbox(kind: kind))
    }
    #expect(error?.message.contains("is outside of the bundle") == true, "\(error?.message ?? "")")
    #expect("\(error?.message ?? "")\(error?.tail ?? "")".contains("hunter2") == false)
  }

  @Test(arguments: sandboxes) func whatLiesAboveTheWorkspaceIsNotPickedUp(kind: SandboxKind?) async throws {
    let sandbox = Sandbox(kind: kind)
    let (sources, temporary) = (Scratch(), Scratch())
    let request = try wanted(sources.nodeBundle("n", source: "console.log(<a/>);"), temporary)
    sources.write("n/src/index.ts", "class A { x = 1 }\nconsole.log(new A());")
    let plain = try await package(request, sandbox: sandbox)
    temporary.write("tsconfig.json", #"{"compilerOptions": {"useDefineForClassFields": false}}"#)
    temporary.write("node_modules/stray/index.js", "module.exports = 1")
    let beside = try await package(request, sandbox: sandbox)
    #expect(plain.archive.checksum == beside.archive.checksum)
    sources.write("n/src/index.ts", "import s from 'stray'; console.log(s);")
    let error = await #expect(throws: PackagingError.self) { try await package(request, sandbox: sandbox) }
    let expected = kind == nil ? "outside of the bundle" : "could not resolve \"stray\""
    #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
  }

  @Test func installScriptsAndBuildCommandsNeedASandbox() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let build = try wanted(sources.pythonBundle("p", config: #""build": ["touch", "ran"]"#), temporary)
    let none = Sandbox(kind: nil)
    let error = await #expect(throws: PackagingError.self) { try await package(build, sandbox: none) }
    #expect(error?.message == "build commands cannot run on this pod: its system offers no sandbox")
    #expect(error?.errorClass == .pod)
    var install = try wanted(sources.nodeBundle("n", source: ""), temporary, allow: false)
    sources.write("n/package.json", "{}")
    install.allowInstallScripts = true
    let wanted = install
    let scripts = await #expect(throws: PackagingError.self) { try await package(wanted, sandbox: none) }
    #expect(scripts?.message == "install scripts cannot run on this pod: its system offers no sandbox")
    #expect(temporary.names.isEmpty)
  }

  @Test func installScriptsRunWhereTheyAreAllowed() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let directory = sources.nodeBundle("n", source: "import made from './made.json'; console.log(made);")
    sources.write(
      "n/package.json",
      #"{"name": "n", "scripts": {"postinstall": "echo '\"by the script\"' > src/made.json; cat \(OUTSIDE) > src/stolen; true"}}"#
        .replacing("\\(OUTSIDE)", with: sources.write("secret", "hunter2")))
    for isAllowed in [true, false] {
      var request = try wanted(directory, temporary, allow: false)
      request.allowInstallScripts = isAllowed
      let asked = request
      if isAllowed {
        #expect(try await package(asked).names == ["dist/index.js", "dist/index.js.map", "manifest.json"])
      } else {
        let error = await #expect(throws: PackagingError.self) { try await package(asked) }
        #expect(error?.message.contains("could not resolve \"./made.json\"") == true)
      }
    }
  }

  @Test func buildCommandRunsFirstWithProgress() async throws {
    let (sources, temporary, collected) = (Scratch(), Scratch(), Collected())
    let directory = sources.nodeBundle(
      "n", source: "import { made } from './made'; console.log(made);",
      config: #""build": ["sh", "tools/make.sh", "a b"]"#)
    sources.write(
      "n/tools/make.sh",
      "echo 'progress 50% half'; echo \"export const made = '$1';\" > src/made.ts; test -z \"$DATABASE_URL\"")
    let result = try await package(wanted(directory, temporary), collected: collected)
    #expect(result.names == ["dist/index.js", "dist/index.js.map", "manifest.json"])
    #expect(collected.events.contains(.progress(message: "half", fraction: 0.5)))
    #expect(result.archive.tail.contains("progress 50% half"))
  }

  @Test func buildCommandsNeedPermission() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let request = try wanted(
      sources.pythonBundle("p", config: #""build": ["touch", "ran"]"#), temporary, allow: false)
    let error = await #expect(throws: PackagingError.self) { try await package(request) }
    #expect(
      error?.message
        == "the bundle wants to run \"touch ran\", and this pod runs no build commands: start it with --allow-build-commands"
    )
    #expect(error?.errorClass == .bundle)
    #expect(temporary.names.isEmpty)
  }

  @Test func aFailedBuildCommandShowsItsLastLine() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let request = try wanted(
      sources.pythonBundle("p", config: #""build": ["sh", "-c", "echo first; echo no such sensor >&2; exit 3"]"#),
      temporary)
    let error = await #expect(throws: PackagingError.self) { try await package(request) }
    #expect(error?.message.hasSuffix("failed with exit code 3: no such sensor") == true, "\(error?.message ?? "")")
    #expect(error?.tail == "first\nno such sensor\n")
  }

  @Test func aSlowBuildIsATimeout() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let request = try wanted(
      sources.pythonBundle("p", config: #""build": ["sleep", "300"]"#), temporary,
      limits: PackagingLimits(build: .milliseconds(300), grace: .milliseconds(200)))
    let error = await #expect(throws: PackagingError.self) { try await package(request) }
    #expect(error?.errorClass == .timeout)
    #expect(error?.message == "sleep 300 did not finish within 0.3 s and was stopped")
    #expect(temporary.names.isEmpty)
  }

  @Test func cancellationEndsItAndRemovesTheWorkspace() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let request = try wanted(
      sources.pythonBundle("p", config: #""build": ["sh", "-c", "echo $$ > pid; sleep 300"]"#), temporary)
    let task = Task { try await package(request) }
    let marks: @Sendable () -> String? = { temporary.names.first.flatMap { temporary.text("\($0)/bundle/pid") } }
    #expect(await eventually { marks()?.contains("\n") == true })
    let mark = marks()
    #expect(temporary.names.count == 1)
    task.cancel()
    let result = await task.result
    let error = #expect(throws: PackagingError.self) { try result.get() }
    #expect(error?.errorClass == .cancelled)
    #expect(temporary.names.isEmpty)
    let pid = try #require(pid_t(mark?.trimmingBlanks() ?? ""))
    #expect(!isRunning(pid))
  }

  @Test func cancellationDuringTheUploadRemovesTheWorkspace() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let request = try wanted(sources.pythonBundle("p"), temporary)
    let packager = Packager()
    let resolved = try await packager.resolve(request)
    let task = Task {
      try await packager.package(request, resolved, events: Collected().add) { _ in
        sources.write("uploading", "")
        while true {
          try Task.checkCancellation()
          await Task.yield()
        }
      }
    }
    #expect(await eventually { sources.exists("uploading") })
    task.cancel()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
    #expect(temporary.names.isEmpty)
  }

  @Test func anErrorOfTheUploadComesThroughAndRemovesTheWorkspace() async throws {
    struct Refused: Error {}
    let (sources, temporary) = (Scratch(), Scratch())
    let request = try wanted(sources.pythonBundle("p"), temporary)
    let packager = Packager()
    let resolved = try await packager.resolve(request)
    await #expect(throws: Refused.self) {
      try await packager.package(request, resolved, events: { _ in }, body: { _ in throw Refused() })
    }
    #expect(temporary.names.isEmpty)
  }

  @Test func sourcesThatChangedSinceTheyWereResolvedAreRefused() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let request = try wanted(sources.pythonBundle("p"), temporary)
    let packager = Packager()
    let resolved = try await packager.resolve(request)
    sources.write("p/src/main.py", "print('changed')")
    let error = await #expect(throws: PackagingError.self) {
      try await packager.package(request, resolved, events: { _ in }, body: { _ in })
    }
    #expect(error?.message == "the sources changed while they were packaged; package the bundle again")
    #expect(temporary.names.isEmpty)
  }

  @Test func skipBuildTakesDistAsItIs() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let directory = sources.nodeBundle("n", source: "import './nothing';")
    let skip = JobOptions(skipBuild: true)
    let error = await #expect(throws: PackagingError.self) {
      try await package(wanted(directory, temporary, options: skip))
    }
    #expect(error?.message.hasPrefix("skipBuild was asked for, but dist/ holds nothing") == true)
    sources.write("n/dist/index.js", "built before")
    let result = try await package(wanted(directory, temporary, options: skip))
    #expect(result.names == ["dist/index.js", "manifest.json"])
  }

  @Test func missingFilesAreNamed() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let packager = Packager()
    let directory = sources.nodeBundle("n", source: "")
    unlink("\(directory)/src/index.ts")
    let entry = await #expect(throws: PackagingError.self) { try await package(wanted(directory, temporary)) }
    #expect(entry?.message.hasPrefix("src/index.ts: no such file in the bundle") == true)
    unlink("\(directory)/manifest.json")
    let request = try wanted(directory, temporary)
    let manifest = await #expect(throws: PackagingError.self) { try await packager.resolve(request) }
    #expect(manifest?.message == "manifest.json: no such file in the bundle; every bundle needs a manifest")
  }

  @Test func missingProgramsAreThePodsFaultAndSayHowToGetThem() async throws {
    let (sources, temporary, empty) = (Scratch(), Scratch(), Scratch())
    let node = try wanted(sources.nodeBundle("n", source: ""), temporary)
    let esbuild = await #expect(throws: PackagingError.self) { try await package(node, searchPath: empty.path) }
    #expect(esbuild?.errorClass == .pod)
    #expect(esbuild?.message.hasSuffix("apt-get install esbuild") == true)
    let python = sources.pythonBundle("p")
    sources.write("p/package.json", "{}")
    sources.write("p/package-lock.json", #"{"lockfileVersion": 3, "packages": {}}"#)
    let npm = await #expect(throws: PackagingError.self) {
      try await package(wanted(python, temporary), searchPath: empty.path)
    }
    #expect(npm?.errorClass == .pod)
    #expect(npm?.message.hasSuffix("npm is not on PATH; install it on the pod: apt-get install npm") == true)
  }

  @Test func anEmptyLockFileWorksWithNpm() async throws {
    let (sources, temporary, collected) = (Scratch(), Scratch(), Collected())
    let directory = sources.nodeBundle("n", source: "console.log(1)")
    sources.write("n/package.json", #"{"name": "n", "version": "1.0.0"}"#)
    sources.write(
      "n/package-lock.json",
      #"{"name": "n", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "n", "version": "1.0.0"}}}"#
    )
    let request = try wanted(directory, temporary, allow: false)
    #expect(try await Packager().resolve(request).isPinned)
    let result = try await package(request, collected: collected)
    #expect(result.names == ["dist/index.js", "dist/index.js.map", "manifest.json"])
    #expect(collected.stages.first == .stage(.installingDependencies, message: "npm ci --ignore-scripts"))
  }

  @Test func runtimeDependenciesAreCopiedAndScriptsDoNotRun() async throws {
    let (sources, temporary) = (Scratch(), Scratch())
    let directory = sources.nodeBundle(
      "n", source: "console.log(require('local'))",
      config: #""externals": ["local"], "runtimeDependencies": ["local"]"#)
    sources.write("n/vendor/local/package.json", #"{"name": "local", "version": "1.0.0"}"#)
    sources.write("n/vendor/local/index.js", "module.exports = 7;")
    sources.write(
      "n/package.json",
      #"{"name": "n", "dependencies": {"local": "file:vendor/local"}, "scripts": {"postinstall": "touch dist-was-here"}}"#
    )
    sources.write("n/.npmrc", "install-links=true\n")
    let request = try wanted(directory, temporary, allow: false)
    #expect(try await Packager().resolve(request).isPinned == false)
    let result = try await package(request)
    #expect(
      result.names == [
        "dist/index.js", "dist/index.js.map", "dist/node_modules/local/index.js",
        "dist/node_modules/local/package.json", "manifest.json",
      ])
  }
}
