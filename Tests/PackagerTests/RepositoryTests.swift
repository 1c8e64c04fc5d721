import BundleModel
import Glibc
import Testing

@testable import Packager

/// Bundles of a repository with packages of its own.
@Suite struct RepositoryTests {
  /// `packages/tools` (not built), `packages/deep` (built, needed by tools), `packages/other`, an installed `third`,
  /// and a bundle below `bundles/n` with a shared directory beside it.
  private func repository(dependencies: String? = #"{"@acme/tools": "*"}"#) -> Scratch {
    let root = Scratch()
    root.write(
      "packages/tools/package.json",
      #"{"name": "@acme/tools", "main": "dist/index.js", "exports": {".": {"types": "./dist/index.d.ts", "default": "./dist/index.js"}, "./more": "./dist/more.js"}, "dependencies": {"@acme/deep": "*", "third": "^1"}}"#
    )
    root.write(
      "packages/tools/src/index.ts",
      "import { deep } from '@acme/deep'; import third from 'third'; export const tools: string = 'TOOLS' + deep + third;"
    )
    root.write("packages/tools/src/more.ts", "export const more: string = 'MORE';")
    root.write("packages/deep/package.json", #"{"name": "@acme/deep", "main": "./dist/index.js"}"#)
    root.write("packages/deep/dist/index.js", "exports.deep = 'BUILT';")
    root.write("packages/deep/src/index.ts", "export const deep = 'SOURCE';")
    root.write("packages/other/package.json", #"{"name": "@acme/other", "main": "index.js"}"#)
    root.write("packages/other/index.js", "exports.other = 'OTHER';")
    root.write("packages/notes/README.md", "no package")
    root.write("node_modules/third/package.json", #"{"name": "third", "main": "index.js"}"#)
    root.write("node_modules/third/index.js", "module.exports = 'THIRD';")
    root.write("package-lock.json", #"{"lockfileVersion": 3}"#)
    root.write("bundles/shared/x.ts", "import third from 'third'; export const shared: string = 'SHARED' + third;")
    root.nodeBundle(
      "bundles/n",
      source:
        "import { tools } from '@acme/tools'; import { more } from '@acme/tools/more'; import { shared } from '../../shared/x'; console.log(tools, more, shared);"
    )
    root.write("bundles/n/apphub.bundle.json", #"{"slug": "n"}"#)
    if let dependencies {
      root.write("bundles/n/package.json", "{\"name\": \"n\", \"dependencies\": \(dependencies)}")
    }
    return root
  }

  private func request(_ root: Scratch, _ temporary: Scratch, runs: Bool = false) throws -> PackagingRequest {
    PackagingRequest(
      source: try BundleSource.load(directory: "\(root.path)/bundles/n"), allowBuildCommands: runs,
      workspaceRoot: root.path, temporaryDirectory: temporary.path)
  }

  /// Packages it; returns the bundled program.
  private func program(_ root: Scratch, collected: Collected = Collected()) async throws -> String {
    let temporary = Scratch()
    let request = try request(root, temporary)
    let packager = Packager()
    let resolved = try await packager.resolve(request)
    let text = try await packager.package(request, resolved, events: collected.add) { archive in
      let below = archive.path.dropFirst(temporary.path.count + 1).split(separator: "/")[0]
      return temporary.text("\(below)/bundle/dist/index.js")
    }
    #expect(temporary.names.isEmpty)
    return text ?? ""
  }

  private func fingerprint(_ root: Scratch) async throws -> String {
    try await Packager().resolve(request(root, Scratch())).fingerprint.text
  }

  @Test func packagesAndWhatIsInstalledCanBeImported() async throws {
    let (root, collected) = (repository(), Collected())
    let before = root.text("packages/tools/package.json")
    let text = try await program(root, collected: collected)
    for word in ["TOOLS", "BUILT", "MORE", "THIRD", "SHARED"] { #expect(text.contains(word), "\(word)") }
    #expect(!text.contains("SOURCE"))  // what was built is what is imported
    #expect(
      collected.stages.first
        == .stage(
          .installingDependencies,
          message: "All dependencies come from the workspace root; skipping dependency install."))
    // Nothing was written to the originals.
    #expect(root.text("packages/tools/package.json") == before)
    #expect(!root.exists("packages/tools/node_modules") && !root.exists("bundles/n/node_modules"))
  }

  @Test func withoutTheRootNothingIsFound() async throws {
    let (root, temporary) = (repository(dependencies: nil), Scratch())
    var request = try request(root, temporary)
    request.workspaceRoot = nil
    let (packager, wanted) = (Packager(), request)
    let error = await #expect(throws: PackagingError.self) {
      try await packager.package(
        wanted, try await packager.resolve(wanted), events: { _ in }, body: { _ in })
    }
    #expect(error?.message.contains("could not resolve \"@acme/tools\"") == true)
  }

  /// What is declared, by the bundle or by what it needs, is in the fingerprint; the rest is not.
  @Test func theFingerprintIsOfTheDeclaredClosure() async throws {
    let root = repository()
    var last = try await fingerprint(root)
    for (name, text, changes) in [
      ("packages/tools/src/more.ts", "export const more = 'LESS';", true),
      ("packages/deep/dist/index.js", "exports.deep = 'AGAIN';", true),
      ("package-lock.json", "{}", true), ("tsconfig.base.json", "{}", true),
      ("packages/other/index.js", "exports.other = 1;", false), ("packages/notes/README.md", "x", false),
      ("node_modules/third/index.js", "module.exports = 1;", false), ("README.md", "x", false),
      ("bundles/n/package.json", #"{"dependencies": {"@acme/tools": "*", "@acme/other": "*"}}"#, true),
      ("packages/other/index.js", "exports.other = 2;", true),
    ] {
      root.write(name, text)
      let now = try await fingerprint(root)
      #expect((now != last) == changes, "\(name)")
      last = now
    }
  }

  @Test func aBundleThatDeclaresNothingMayImportEverything() async throws {
    let root = repository(dependencies: nil)
    #expect(try await program(root).contains("TOOLS"))
    let before = try await fingerprint(root)
    root.write("packages/other/index.js", "exports.other = 1;")
    #expect(try await fingerprint(root) != before)
  }

  @Test func anUndeclaredPackageIsRefused() async throws {
    let root = repository()
    root.write("bundles/n/src/index.ts", "import { other } from '@acme/other'; console.log(other);")
    let error = await #expect(throws: PackagingError.self) { try await program(root) }
    #expect(
      error?.message
        == "the bundle imports @acme/other, which its package.json does not declare; add it to \"dependencies\"")
  }

  @Test func theRestOfTheRepositoryStaysOutOfReach() async throws {
    let root = repository()
    root.write("secret.ts", "export const s = 'hunter2';")
    root.write("bundles/n/src/index.ts", "import { s } from '\(root.path)/secret'; console.log(s);")
    let error = await #expect(throws: PackagingError.self) { try await program(root) }
    #expect(error?.errorClass == .bundle)
    #expect("\(error?.message ?? "")\(error?.tail ?? "")".contains("hunter2") == false)
  }

  @Test func buildCommandsCannotWriteToTheRepository() async throws {
    let (root, temporary) = (repository(), Scratch())
    root.write(
      "bundles/n/apphub.bundle.json",
      #"{"slug": "n", "build": ["sh", "-c", "echo x >> node_modules/third/index.js; echo x > node_modules/@acme/tools/x; rm -f node_modules/third/index.js; node -p \"require('third')\""]}"#
    )
    let (packager, wanted) = (Packager(), try request(root, temporary, runs: true))
    let tail = try await packager.package(
      wanted, try await packager.resolve(wanted), events: { _ in }, body: { $0.tail })
    #expect(tail.hasSuffix("THIRD\n"))
    #expect(root.text("node_modules/third/index.js") == "module.exports = 'THIRD';")
    #expect(!root.exists("packages/tools/x"))
  }

  @Test func whatIsInstalledWithoutALockIsNotPinned() async throws {
    let root = repository()
    #expect(try await Packager().resolve(request(root, Scratch())).isPinned)
    FileTree.remove("\(root.path)/package-lock.json")
    #expect(try await Packager().resolve(request(root, Scratch())).isPinned == false)
  }

  @Test(
    arguments: [
      ("dist/a.js", "./src/a.ts"), ("./dist/a.d.ts", "./src/a.ts"), ("./dist/b.mjs", "./src/b.tsx"),
      ("./dist/built.js", nil), ("./dist/none.js", nil), ("src/a.ts", nil), ("../dist/a.js", nil), ("./dist", nil),
    ] as [(String, String?)])
  func sourcesStandIn(name: String, source: String?) {
    let scratch = Scratch()
    for file in ["src/a.ts", "src/b.tsx", "src/built.ts", "dist/built.js"] { scratch.write(file, "") }
    #expect(PackageEntries.source(for: name, in: scratch.path) == source)
  }
}
