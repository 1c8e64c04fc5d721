import BundleModel
import Glibc
import Testing

@testable import Packager

@Suite struct FingerprintTests {
  private static let names = ["src/main.py", "data/a.txt", "data/b.txt", "manifest.json"]

  private func makeTree(_ scratch: Scratch, reversed: Bool = false) {
    for name in reversed ? Self.names.reversed() : Self.names {
      scratch.write("area/x/\(name)", "content of \(name)")
    }
    scratch.write("area/shared/s.ts", "shared")
  }

  private func fingerprint(
    _ scratch: Scratch, shared: Bool = true, minify: Bool = false, skipBuild: Bool = false, builder: String = "none"
  ) throws -> String {
    let config = BundleConfig(slug: try #require(Slug("x")))
    return try BundleFingerprint.compute(
      bundle: "\(scratch.path)/area/x", shared: shared ? "\(scratch.path)/area/shared" : nil,
      rules: IgnoreRules(config: config, skipBuild: skipBuild),
      settings: .init(minify: minify, skipBuild: skipBuild, builder: builder), Interruption(within: .seconds(60))
    ).text
  }

  @Test func isAPinnedSHA256() throws {
    let scratch = Scratch()
    makeTree(scratch)
    let found = try fingerprint(scratch)
    #expect(found == "56340fc87e7878e67e4855429079d80fabd4435901541e5c744e725ffc536d2f")
  }

  @Test func sameContentElsewhereIsTheSame() throws {
    let a = Scratch()
    makeTree(a)
    let b = Scratch()
    makeTree(b, reversed: true)
    b.write("area/x/.git/HEAD", "ref: refs/heads/main")
    b.write("area/x/node_modules/p/index.js", "installed")
    b.write("area/x/deep/dist/x.js", "built")
    b.write("area/x/src/__pycache__/main.cpython-311.pyc", "compiled")
    b.write("area/x/src/old.pyc", "compiled")
    b.write("area/x/.turbo/log", "")
    b.write("area/x/.cache/x", "")
    b.write("area/x/artifacts/x.tgz", "old")
    b.write("area/shared/node_modules/p/index.js", "installed")
    b.directory("area/x/empty")
    var times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
    #expect(utimes("\(b.path)/area/x/data/a.txt", &times) == 0)
    #expect(chmod("\(b.path)/area/x/data/b.txt", 0o600) == 0)
    #expect(try fingerprint(a) == fingerprint(b))
  }

  /// What a change is called, and the change.
  enum Change: String, CaseIterable {
    case content, executable, name, moved, added, removed, shared, sharedName, linked, dotFile, shiftedBoundary
  }

  @Test(arguments: Change.allCases)
  func everyInputCounts(change: Change) throws {
    let scratch = Scratch()
    makeTree(scratch)
    let before = try fingerprint(scratch)
    let bundle = "\(scratch.path)/area/x"
    switch change {
    case .content: scratch.write("area/x/data/a.txt", "content of data/a.tx!")
    case .executable: #expect(chmod("\(bundle)/data/a.txt", 0o755) == 0)
    case .name: #expect(rename("\(bundle)/data/a.txt", "\(bundle)/data/A.txt") == 0)
    case .moved: #expect(rename("\(bundle)/data/a.txt", "\(bundle)/a.txt") == 0)
    case .added: scratch.write("area/x/data/c.txt", "")
    case .removed: #expect(unlink("\(bundle)/data/a.txt") == 0)
    case .shared: scratch.write("area/shared/s.ts", "shares")
    case .sharedName: #expect(rename("\(scratch.path)/area/shared/s.ts", "\(scratch.path)/area/shared/t.ts") == 0)
    case .linked: scratch.link("area/x/data/z", to: "a.txt")
    case .dotFile: scratch.write("area/x/.npmrc", "")
    case .shiftedBoundary:
      // The same bytes one after the other, cut elsewhere.
      scratch.write("area/x/data/a.txt", "content of data/a.txtc")
      scratch.write("area/x/data/b.txt", "ontent of data/b.txt")
    }
    #expect(try fingerprint(scratch) != before)
  }

  @Test func optionsAndBuilderCount() throws {
    let scratch = Scratch()
    makeTree(scratch)
    let all = [
      try fingerprint(scratch), try fingerprint(scratch, minify: true), try fingerprint(scratch, skipBuild: true),
      try fingerprint(scratch, builder: "esbuild 0.17.0"), try fingerprint(scratch, builder: "esbuild 0.17.1"),
      try fingerprint(scratch, shared: false),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test func productsCountOnlyWhenTheBuildIsSkipped() throws {
    let scratch = Scratch()
    makeTree(scratch)
    let built = try fingerprint(scratch)
    let skipped = try fingerprint(scratch, skipBuild: true)
    scratch.write("area/x/dist/index.js", "1")
    #expect(try fingerprint(scratch) == built)
    #expect(try fingerprint(scratch, skipBuild: true) != skipped)
  }

  @Test func forceDoesNotCount() async throws {
    let scratch = Scratch()
    let source = try BundleSource.load(directory: scratch.pythonBundle("p"))
    let packager = Packager()
    let plain = try await packager.resolve(PackagingRequest(source: source))
    let forced = try await packager.resolve(PackagingRequest(source: source, options: JobOptions(force: true)))
    #expect(plain == forced)
  }

  @Test(arguments: ["/etc/hostname", "../../../outside", "nowhere", "../../shared/s.ts"])
  func linksThatLeaveTheBundleAreRefused(target: String) throws {
    let scratch = Scratch()
    makeTree(scratch)
    scratch.write("outside", "secret")
    scratch.link("area/x/data/z", to: target)
    let error = #expect(throws: PackagingError.self) { try fingerprint(scratch) }
    #expect(error?.message.contains("data/z is a symbolic link to \(target)") == true, "\(error?.message ?? "")")
  }

  @Test func aPipeInTheBundleIsRefused() throws {
    let scratch = Scratch()
    makeTree(scratch)
    #expect(mkfifo("\(scratch.path)/area/x/pipe", 0o600) == 0)
    let error = #expect(throws: PackagingError.self) { try fingerprint(scratch) }
    #expect(error?.message.hasPrefix("pipe is neither a file nor a directory") == true)
  }

  @Test func aNameThatIsNoUTF8IsRefused() throws {
    let scratch = Scratch()
    makeTree(scratch)
    let name = "\(scratch.path)/area/x/".utf8CString.dropLast() + [CChar(bitPattern: 0xFF), 0]
    let descriptor = Array(name).withUnsafeBufferPointer { open($0.baseAddress!, O_WRONLY | O_CREAT, 0o600) }
    close(descriptor)
    let error = #expect(throws: PackagingError.self) { try fingerprint(scratch) }
    #expect(error?.message.contains("is not UTF-8") == true)
  }

  @Test func sharedIsTheSiblingElseTheOneAboveIt() throws {
    let scratch = Scratch()
    scratch.pythonBundle("area/p")
    scratch.write("area/p/apphub.bundle.json", #"{"slug": "p"}"#)
    let source = try BundleSource.load(directory: "\(scratch.path)/area/p")
    #expect(source.sharedDirectory == nil)
    scratch.directory("shared")
    #expect(source.sharedDirectory == "\(scratch.path)/shared")
    scratch.directory("area/shared")
    #expect(source.sharedDirectory == "\(scratch.path)/area/shared")
  }
}
