import BundleModel
import Glibc
import Testing

@testable import Packager

/// Sources that a descriptor names: only from where the pod allows it, only what it names.
@Suite struct DescriptorTests {
  private static let config =
    #"{"configVersion": 1, "module": "m", "manifests": [{"path": "b/apphub.bundle.json"}]}"#

  private func open(
    _ descriptor: Descriptor, _ rules: DescriptorRules, slug: String = "b", temporary: Scratch = Scratch()
  ) async throws -> DescribedSource {
    try await DescribedSource.open(
      descriptor, slug: try #require(Slug(slug)), rules: rules, packager: Packager(),
      temporaryDirectory: temporary.path)
  }

  private func message(
    _ descriptor: Descriptor, _ rules: DescriptorRules, slug: String = "b"
  ) async -> String? {
    let temporary = Scratch()
    let error = await #expect(throws: PackagingError.self) {
      try await open(descriptor, rules, slug: slug, temporary: temporary)
    }
    #expect(error?.errorClass == .bundle)
    #expect(temporary.names.isEmpty)
    return error?.message
  }

  // MARK: - Local paths

  @Test func aPathInsideARootIsTaken() async throws {
    let root = Scratch()
    root.pythonBundle("module/b")
    root.write("module/b/apphub.bundle.json", #"{"slug": "B"}"#)
    root.write("module/config.json", Self.config)
    root.write("module/other.json", Self.config.replacing("\"path\"", with: "\"kind\": \"bundle\", \"path\""))
    let rules = DescriptorRules(roots: ["/nowhere", root.path])
    for descriptor in [
      Descriptor(module: "m", path: "\(root.path)/module"),
      Descriptor(module: " m ", path: "\(root.path)/module/../module/config.json"),
      Descriptor(module: "m", path: root.path, configPath: "module/other.json"),
    ] {
      let described = try await open(descriptor, rules)
      #expect(described.source.directory == "\(root.path)/module/b")
      await described.close()
      #expect(root.exists("module/b/apphub.bundle.json"))
    }
  }

  @Test func aPathOutsideIsRefusedWhateverLiesThere() async throws {
    let (root, outside) = (Scratch(), Scratch())
    outside.pythonBundle("b")
    outside.write("config.json", Self.config)
    root.link("out", to: outside.path)
    root.directory("a")
    let rules = DescriptorRules(roots: [root.path + "/a", root.path])
    for path in [
      outside.path, "\(root.path)/out", "\(root.path)/../\(outside.path.split(separator: "/").last ?? "")",
      "/etc", "/nothing/here", "\(root.path)x",
    ] {
      #expect(
        await message(Descriptor(module: "m", path: path), rules)
          == "descriptor: \"\(path)\" is not in a directory that this pod takes descriptors from")
    }
    #expect(
      await message(Descriptor(module: "m", path: "a/b"), rules) == "descriptor: path \"a/b\" must be absolute")
    #expect(
      await message(Descriptor(module: "m", path: root.path), DescriptorRules())
        == "this pod takes no local paths in descriptors: start it with --descriptor-root")
  }

  /// A descriptor file, the slug asked for, and why it is refused.
  private static let files: [(json: String, slug: String, message: String)] = [
    (#"{"module": "other", "manifests": []}"#, "b", "config.json: module is not \"m\", which the descriptor names"),
    (config, "c", "config.json does not name the bundle c; it names b"),
    (#"{"module": "m"}"#, "b", "config.json does not name the bundle b; it names no bundle"),
    (
      #"{"module": "m", "manifests": [{"path": "b/apphub.bundle.json", "kind": "service"}]}"#, "b",
      "config.json does not name the bundle b; it names no bundle"
    ),
    (
      #"{"module": "m", "manifests": [{"path": "../b/apphub.bundle.json"}]}"#, "b",
      "config.json: manifests[0].path must be a relative path without \"..\""
    ),
    (
      #"{"module": "m", "manifests": [{"path": "out/apphub.bundle.json"}]}"#, "b",
      "descriptor: out/apphub.bundle.json: no such file where the descriptor points to"
    ),
    (#"{"module": "m", "manifests": [7]}"#, "b", "config.json: manifests[0] must be an object, not a number"),
  ]

  @Test(arguments: files) func aFileThatDoesNotFitIsRefused(json: String, slug: String, message: String)
    async throws
  {
    let (root, outside) = (Scratch(), Scratch())
    root.pythonBundle("b")
    outside.pythonBundle("b")
    root.link("out", to: "\(outside.path)/b")
    root.write("config.json", json)
    let descriptor = Descriptor(module: "m", path: root.path)
    #expect(await self.message(descriptor, DescriptorRules(roots: [root.path]), slug: slug) == message)
  }

  @Test(arguments: [
    (Descriptor(module: " ", path: "/x"), "module is required"),
    (Descriptor(module: "m"), "give either repo or path"),
    (Descriptor(module: "m", repo: "https://h/x", path: "/x"), "give either repo or path"),
    (Descriptor(module: "m", path: "/x", ref: "main"), "ref and commit belong to a repo"),
    (
      Descriptor(module: "m", repo: "https://h/x", ref: "--upload-pack=x"),
      "ref \"--upload-pack=x\" is no branch or tag"
    ),
    (Descriptor(module: "m", repo: "https://h/x", ref: "a:b"), "ref \"a:b\" is no branch or tag"),
    (
      Descriptor(module: "m", repo: "https://h/x", commit: "abc"),
      "commit \"abc\" must have all of its 40 or 64 hex digits"
    ),
    (
      Descriptor(module: "m", path: "/x", configPath: "../config.json"),
      "configPath \"../config.json\" must be a relative path without \"..\""
    ),
  ])
  func theShapeIsChecked(descriptor: Descriptor, message: String) async {
    let rules = DescriptorRules(roots: ["/"], gitPrefixes: ["https://h/"])
    #expect(await self.message(descriptor, rules) == "descriptor: \(message)")
  }

  /// `../../shared` of a bundle near the top of a root would be the root's neighbour.
  @Test func theSharedDirectoryStaysInsideTheRoot() async throws {
    let outer = Scratch()
    outer.write("shared/x.py", "outside")
    outer.pythonBundle("root/b")
    outer.write("root/b/apphub.bundle.json", #"{"slug": "b"}"#)
    outer.write("root/config.json", Self.config)
    let described = try await open(
      Descriptor(module: "m", path: "\(outer.path)/root"), DescriptorRules(roots: ["\(outer.path)/root"]))
    #expect(described.source.sharedDirectory == nil)
    #expect(try BundleSource.load(directory: "\(outer.path)/root/b").sharedDirectory == "\(outer.path)/shared")
  }

  // MARK: - git

  @Test(arguments: [
    "http://h/team/x", "ssh://h/team/x", "file:///team/x", "git@h:team/x", "ext::sh -c id", "/team/x",
    "https://user:pass@h/team/x", "https://h/team/../other/x", "https://h/team/%2e%2e/x", "https://h/team/x?y",
    "https://h/team/x#y", "https:///team/x", "https://-h/team/x", "https://h:99999/x", "https://h/team//x",
    "https://h/team/x\n", "https://h/team/x y", "HTTPS://h/team/x",
  ])
  func onlyPlainHttpsIsTaken(url: String) async {
    let rules = DescriptorRules(gitPrefixes: ["https://h/team/"])
    let told = await message(Descriptor(module: "m", repo: url), rules)
    #expect(told?.hasPrefix("descriptor: repo ") == true, "\(told ?? "")")
    #expect(told?.contains("pass") == false)
  }

  @Test(arguments: ["https://h/teams/x", "https://h.evil/team/x", "https://h:444/team/x", "https://h/Team/x"])
  func whatIsNotListedIsRefused(url: String) async {
    let rules = DescriptorRules(gitPrefixes: ["https://h/team/"])
    #expect(
      await message(Descriptor(module: "m", repo: url), rules)
        == "descriptor: \(url) is not on this pod's list of repositories")
    #expect(
      await message(Descriptor(module: "m", repo: url), DescriptorRules())
        == "this pod takes no git URLs in descriptors: start it with --descriptor-git")
  }

  @Test func rulesAreChecked() {
    #expect(DescriptorRules(gitPrefixes: ["https://h/team/"]).complaint == nil)
    for prefix in ["https://h/team", "http://h/", "https://"] {
      #expect(DescriptorRules(gitPrefixes: [prefix]).complaint?.contains("with a slash at its end") == true)
    }
    #expect(DescriptorRules(roots: ["/nothing"]).complaint == "--descriptor-root /nothing: no such directory")
  }

  @Test func aRepositoryIsFetchedAndRemoved() async throws {
    let server = try await GitServer.start()
    let temporary = Scratch()
    server.work.pythonBundle("b")
    server.work.write("config.json", Self.config)
    // What a checkout must not do: run a filter, fetch a submodule.
    server.work.write(".gitattributes", "* filter=lfs diff=lfs merge=lfs\n")
    server.work.write(".gitmodules", "[submodule \"s\"]\n\tpath = s\n\turl = /etc\n")
    let first = try await server.commit()
    server.work.write("b/src/main.py", "print('second')\n")
    let second = try await server.commit()
    server.work.write("b/src/main.py", "print('branch')\n")
    try await server.commit(branch: "side")
    let rules = DescriptorRules(gitPrefixes: [server.host + "team/"], gitCertificates: server.certificates)
    for (ref, commit, expected) in [
      ("main", nil, "second"), ("side", nil, "branch"), (nil, first, "hello"), ("main", second, "second"),
      (nil, nil, "branch"),
    ] as [(String?, String?, String)] {
      let described = try await open(
        Descriptor(module: "m", repo: server.url, ref: ref, commit: commit), rules, temporary: temporary)
      let file = try FileDescriptor.contents(of: "\(described.source.directory)/src/main.py", limit: 1000)
      #expect(String(decoding: file, as: UTF8.self).contains(expected), "\(ref ?? "") \(commit ?? "")")
      #expect(temporary.names.count == 1)
      #expect(!FileTree.isDirectory("\(described.source.directory)/../.git"))
      await described.close()
      #expect(temporary.names.isEmpty)
    }
    let other = await message(Descriptor(module: "m", repo: server.url, ref: "main", commit: first), rules)
    #expect(
      other == "git: main of \(server.url) is at \(second), not at \(first), which the descriptor names")
    let missing = await message(Descriptor(module: "m", repo: server.url, ref: "nothing"), rules)
    #expect(missing?.hasPrefix("git fetch of \(server.url): ") == true, "\(missing ?? "")")
  }

  @Test func serversThatMisbehave() async throws {
    let server = try await GitServer.start()
    server.work.pythonBundle("b")
    server.work.write("config.json", Self.config)
    server.work.write(
      "large", bytes: (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) })
    try await server.commit()
    var rules = DescriptorRules(gitPrefixes: [server.host], gitCertificates: server.certificates)
    let moved = await message(Descriptor(module: "m", repo: server.host + "moved/repo"), rules)
    #expect(moved?.hasPrefix("git fetch of ") == true, "\(moved ?? "")")
    var unknown = rules
    unknown.gitCertificates = nil
    let certificate = await message(Descriptor(module: "m", repo: server.url), unknown)
    #expect(certificate?.contains("certificate") == true, "\(certificate ?? "")")
    rules.gitSize = 1 << 20
    let large = await message(Descriptor(module: "m", repo: server.url), rules)
    #expect(large?.contains("1 MiB") == true || large?.hasPrefix("git fetch of ") == true, "\(large ?? "")")
    rules.gitTime = .milliseconds(500)
    let temporary = Scratch()
    let slow = await #expect(throws: PackagingError.self) {
      try await open(Descriptor(module: "m", repo: server.host + "slow/repo"), rules, temporary: temporary)
    }
    #expect(slow?.errorClass == .timeout)
    #expect(slow?.message == "git fetch did not finish within 0.5 s and was stopped")
    #expect(temporary.names.isEmpty)
  }

  @Test func linksInARepositoryStayInside() async throws {
    let server = try await GitServer.start()
    server.work.write("config.json", Self.config)
    server.work.link("b", to: "/etc")
    try await server.commit()
    let rules = DescriptorRules(gitPrefixes: [server.host], gitCertificates: server.certificates)
    #expect(
      await message(Descriptor(module: "m", repo: server.url), rules)
        == "descriptor: b/apphub.bundle.json: no such file where the descriptor points to")
  }
}
