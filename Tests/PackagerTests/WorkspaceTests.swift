import BundleModel
import Glibc
import Testing

@testable import Packager

@Suite struct WorkspaceTests {
  private func create(in scratch: Scratch) throws -> Workspace {
    let slug = try #require(Slug("csv/loader ü"))
    let fingerprint = try #require(Fingerprint("0123456789abcdef"))
    return try Workspace.create(in: scratch.path, slug: slug, fingerprint: fingerprint)
  }

  @Test func isPrivateAndNamed() async throws {
    let scratch = Scratch()
    let workspace = try create(in: scratch)
    let name = try #require(scratch.names.first)
    #expect(name.hasPrefix("apphub-example-csv-loader--01234567-"))
    #expect(name.utf8.count == "apphub-example-csv-loader--01234567-".utf8.count + 6)
    var status = stat()
    #expect(lstat(workspace.root, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    await workspace.remove()
    #expect(scratch.names.isEmpty)
  }

  @Test func removalCopesWithAnything() async throws {
    let scratch = Scratch()
    let outside = Scratch()
    outside.write("kept", "x")
    let workspace = try create(in: scratch)
    let bundle = workspace.bundle
    #expect(symlink(outside.path, "\(bundle)/link") == 0)
    #expect(mkdir("\(bundle)/locked", 0o700) == 0)
    #expect(mkdir("\(bundle)/locked/inner", 0o700) == 0)
    #expect(chmod("\(bundle)/locked", 0o000) == 0)
    #expect(mkfifo("\(bundle)/pipe", 0o600) == 0)
    let odd = Array("\(bundle)/".utf8CString.dropLast() + [CChar(bitPattern: 0xFF), 0])
    #expect(odd.withUnsafeBufferPointer { mkdir($0.baseAddress!, 0o700) } == 0)
    var deep = bundle
    for _ in 0..<50 {
      deep += "/d"
      #expect(mkdir(deep, 0o700) == 0)
    }
    await workspace.remove()
    #expect(scratch.names.isEmpty)
    #expect(outside.exists("kept"))
  }

  @Test func aMissingTemporaryDirectoryIsThePodsFault() throws {
    let slug = try #require(Slug("s"))
    let error = #expect(throws: PackagingError.self) {
      try Workspace.create(in: "/no/such/place", slug: slug, fingerprint: .pending)
    }
    #expect(error?.errorClass == .pod)
    #expect(error?.message == "cannot use the temporary directory /no/such/place: No such file or directory")
  }

  @Test func sweepNeverTouchesALiveOwner() async throws {
    let scratch = Scratch()
    let workspace = try create(in: scratch)
    #expect(try await WorkspaceSweep.run(temporaryDirectory: scratch.path) == 0)
    #expect(FileTree.isDirectory(workspace.bundle))
    await workspace.remove()
  }

  @Test func sweepRemovesWhatADeadOwnerLeft() async throws {
    let scratch = Scratch()
    var workspace: Workspace? = try create(in: scratch)
    let root = try #require(workspace?.root)
    #expect(mkdir("\(root)/bundle/src", 0o700) == 0)
    workspace = nil  // its lock goes, as it does when a process dies
    #expect(FileTree.isDirectory(root))
    #expect(try await WorkspaceSweep.run(temporaryDirectory: scratch.path) == 1)
    #expect(scratch.names.isEmpty)
  }

  /// Another process holds the lock, then dies by SIGKILL.
  @Test func sweepFollowsTheLifeOfAnotherProcess() async throws {
    let scratch = Scratch()
    let root = scratch.directory("apphub-example-other-01234567-abcdef")
    scratch.write("apphub-example-other-01234567-abcdef/owner", "pid 1\n")
    let holder = Command(
      name: "holder", executable: "/usr/bin/flock",
      arguments: ["owner", "/bin/sh", "-c", "echo $$ > held; exec sleep 300"],
      directory: root, environment: ["PATH": "/usr/bin:/bin"], limit: .seconds(300), grace: .seconds(1),
      outputLimit: 1 << 20)
    let task = Task {
      try await OwnThread.run(within: .seconds(300)) { (interruption) throws(PackagingError) in
        try ChildProcess.run(holder, interruption)
      }
    }
    #expect(await eventually { scratch.text("apphub-example-other-01234567-abcdef/held")?.contains("\n") == true })
    #expect(try await WorkspaceSweep.run(temporaryDirectory: scratch.path) == 0)
    #expect(FileTree.isDirectory(root))
    task.cancel()
    _ = await task.result
    #expect(try await WorkspaceSweep.run(temporaryDirectory: scratch.path) == 1)
    #expect(!FileTree.isDirectory(root))
  }

  @Test func sweepLeavesOtherThingsAlone() async throws {
    let scratch = Scratch()
    scratch.write("apphub-example-a-file", "x")
    scratch.write("something-else/owner", "x")
    // Made a moment ago and not locked yet: somebody is just beginning.
    scratch.directory("apphub-example-fresh-01234567-abcdef")
    let target = Scratch()
    target.write("owner", "pid 1\n")
    scratch.link("apphub-example-link-01234567-abcdef", to: target.path)
    let before = scratch.names
    #expect(try await WorkspaceSweep.run(temporaryDirectory: scratch.path) == 0)
    #expect(scratch.names == before)
    #expect(target.exists("owner"))
  }
}
