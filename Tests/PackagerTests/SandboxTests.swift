import BundleModel
import CSpawn
import Glibc
import Testing

@testable import Packager

/// What a command in the sandbox can reach, in each sandbox that this system offers.
@Suite struct SandboxTests {
  private static let kinds = testedSandboxes

  /// A workspace with a command's bounds.
  private struct Cell {
    let temporary = Scratch()
    let workspace: Workspace
    let kind: SandboxKind
    var network = false
    var usage = UsageLimits()
    var reading: [String] = []

    init(_ kind: SandboxKind) throws {
      self.kind = kind
      let (slug, fingerprint) = (try #require(Slug("cell")), try #require(Fingerprint("abc")))
      workspace = try Workspace.create(in: temporary.path, slug: slug, fingerprint: fingerprint)
    }

    func run(
      _ program: String, _ arguments: [String], limit: Duration = .seconds(60)
    ) async throws -> CommandOutcome {
      try await runCommand(
        Command(
          name: "the command", executable: program, arguments: arguments, directory: workspace.bundle,
          environment: CleanEnvironment.make(searchPath: "/usr/bin:/bin", workspace: workspace), limit: limit,
          grace: .milliseconds(300), outputLimit: 1 << 24,
          confinement: workspace.confinement(
            in: Sandbox(kind: kind), reading: reading, network: network, usage: usage)))
    }

    func shell(_ script: String, limit: Duration = .seconds(60)) async throws -> CommandOutcome {
      try await run("/bin/sh", ["-c", script], limit: limit)
    }

    /// Runs Python, and requires that it ends well.
    func python(_ program: String) async throws -> String {
      let outcome = try await run("/usr/bin/python3", ["-c", program])
      #expect(outcome.code == 0, "\(outcome.tail)")
      return outcome.tail
    }
  }

  @Test func thisSystemOffersASandbox() {
    #expect(Sandbox.detect().kind == testedSandboxes.first)
  }

  @Test(arguments: kinds) func programsWork(kind: SandboxKind) async throws {
    let cell = try Cell(kind)
    let shell = try await cell.shell(
      """
      echo hello > file && cat file && mkdir -p a/b && mv file a/b/file && rm -r a && echo x > "$TMPDIR/x"
      echo y > "$HOME/y" && echo quiet > /dev/null && head -c 4 /dev/urandom | wc -c && ln -s x y && chmod 700 .
      echo to stderr >&2; test \(kind == .landlock ? 0 : 1) = 1 || echo again > /dev/stderr; pwd
      """)
    #expect(shell.tail == "hello\n4\nto stderr\n\(kind == .landlock ? "again\n" : "")\(cell.workspace.bundle)\n")
    #expect(shell.code == 0)
    let node = try await cell.run(
      "/usr/bin/node",
      [
        "-e",
        "const c=require('child_process');console.log(require('os').cpus().length>0, c.execSync('echo child')+'')",
      ])
    #expect(node.tail == "true child\n\n")
    #expect(try await cell.python("import ssl, subprocess; print(subprocess.run(['true']).returncode)") == "0\n")
    let esbuild = try await cell.shell("echo 'export const a: number = 1' > a.ts && /usr/bin/esbuild a.ts")
    #expect(esbuild.tail.contains("const a = 1"), "\(esbuild.tail)")
  }

  /// Each place where secrets lie: none can be read, listed or written.
  @Test(arguments: kinds) func noSecretIsSeen(kind: SandboxKind) async throws {
    let cell = try Cell(kind)
    let secrets = Scratch()
    let planted = [
      secrets.write("token_FILE", "hunter2"), secrets.write(".aws/credentials", "hunter2"),
      secrets.write(".pgpass", "hunter2"), cell.temporary.write("beside", "hunter2"),
    ]
    let places = planted + ["/etc/shadow", "/root/.profile", "/run/secrets", "/var/run/secrets", #filePath]
    for path in places {
      let read = try await cell.shell("cat '\(path)'; ls '\(path)'; cp -r '\(path)' stolen; ln '\(path)' linked")
      #expect(!read.tail.contains("hunter2"), "\(path)")
      #expect(read.code != 0, "\(path): \(read.tail)")
    }
    let write = try await cell.shell(
      "echo x > '\(planted[0])'; echo x >> '\(planted[0])'; rm -f '\(planted[0])'; mv '\(planted[0])' here; echo x > /usr/planted; true"
    )
    #expect(write.code == 0)
    #expect(secrets.text("token_FILE") == "hunter2")
    #expect(access("/usr/planted", F_OK) != 0)
    #expect(
      try await cell.python(
        """
        import os
        try: os.truncate('\(planted[0])', 0)
        except OSError as e: print('refused')
        """) == "refused\n")
    #expect(secrets.text("token_FILE") == "hunter2")
    let own = try await cell.shell(
      "cat ../owner; echo x > ../owner; echo x > ../out/x; rm -f ../owner; ls ../owner")
    #expect(own.tail.contains("owner"))
    #expect(access("\(cell.workspace.root)/owner", F_OK) == 0)
    #expect(access("\(cell.workspace.root)/out/x", F_OK) != 0)
  }

  @Test(arguments: kinds) func theParentCannotBeLookedInto(kind: SandboxKind) async throws {
    let cell = try Cell(kind)
    setenv("PACKAGER_TESTS_SECRET", "hunter2", 1)
    let parent = getpid()
    for look in [
      "cat environ", "cat mem", "cat maps", "ls fd", "ls fd/", "cat root/etc/passwd", "ls cwd/", "ls task/",
    ] {
      let words = look.split(separator: " ")
      let outcome = try await cell.shell("\(words[0]) /proc/\(parent)/\(words[1])")
      #expect(outcome.code != 0, "\(look): \(outcome.tail)")
    }
    let printed = try await cell.python(
      """
      import ctypes
      libc = ctypes.CDLL(None, use_errno=True)
      def call(name, *a):
        ctypes.set_errno(0)
        print(name, libc[name](*a) if hasattr(libc, name) else -1, ctypes.get_errno())
      parent = \(parent)
      call('ptrace', 16, parent, 0, 0)
      buffer = ctypes.create_string_buffer(16)
      class IO(ctypes.Structure): _fields_ = [('base', ctypes.c_void_p), ('len', ctypes.c_size_t)]
      local, remote = IO(ctypes.addressof(buffer), 16), IO(ctypes.addressof(buffer), 16)
      call('process_vm_readv', parent, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
      call('unshare', 0x10000000)
      call('setns', 0, 0)
      call('chroot', b'/usr')
      call('mount', b'none', b'/usr', b'tmpfs', 0, 0)
      call('setsid')
      call('setpgid', 0, 0)
      for number in (438, 425): 
        ctypes.set_errno(0)
        print(number, libc.syscall(number, 0, 0, 0), ctypes.get_errno())
      """)
    let refused = [
      "ptrace", "process_vm_readv", "unshare", "setns", "chroot", "mount", "setsid", "setpgid", "438",
    ].map { "\($0) -1 \(EPERM)" }
    #expect(printed == (refused + ["425 -1 \(ENOSYS)", ""]).joined(separator: "\n"))
  }

  @Test(arguments: kinds) func noCapabilitiesAndNoNewPrivileges(kind: SandboxKind) async throws {
    var cell = try Cell(kind)
    cell.reading = ["/proc"]
    // A namespace shows its own mounts alone; the process asks the kernel.
    let printed = try await cell.python(
      """
      import ctypes
      libc = ctypes.CDLL(None)
      print(libc.prctl(39, 0, 0, 0, 0), libc.prctl(21, 0, 0, 0, 0))
      print([c for c in range(41) if libc.prctl(23, c, 0, 0, 0) == 1])
      class H(ctypes.Structure): _fields_ = [('v', ctypes.c_uint32), ('p', ctypes.c_int)]
      class D(ctypes.Structure): _fields_ = [('e', ctypes.c_uint32), ('p', ctypes.c_uint32), ('i', ctypes.c_uint32)]
      h, d = H(0x20080522, 0), (D * 2)()
      libc.capget(ctypes.byref(h), d)
      print(d[0].e | d[1].e | d[0].p | d[1].p)
      """)
    #expect(printed == "1 2\n[]\n0\n")
  }

  @Test(arguments: kinds) func noConnectionsWithoutPermission(kind: SandboxKind) async throws {
    var cell = try Cell(kind)
    let program = """
      import socket
      for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        for type in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
          try: socket.socket(family, type); print(family.name, 'made')
          except OSError as e: print(family.name, e.errno)
      a, b = socket.socketpair(); a.send(b'x'); print(b.recv(1))
      """
    let denied = ["AF_INET", "AF_INET", "AF_INET6", "AF_INET6", "AF_UNIX", "AF_UNIX"].map { "\($0) \(EACCES)" }
    #expect(try await cell.python(program) == (denied + ["b'x'", ""]).joined(separator: "\n"))
    cell.network = true
    let open = ["AF_INET made", "AF_INET made", "AF_INET6 made", "AF_INET6 made", "AF_UNIX 13", "AF_UNIX 13"]
    #expect(try await cell.python(program) == (open + ["b'x'", ""]).joined(separator: "\n"))
  }

  /// A double fork with setsid, as daemons do it, stays in the group and dies with it.
  @Test(arguments: kinds) func aDaemonDoesNotEscape(kind: SandboxKind) async throws {
    let cell = try Cell(kind)
    let outcome = try await cell.run(
      "/usr/bin/python3",
      [
        "-c",
        """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN)
        r, w = os.pipe()
        if os.fork() == 0:
          try: os.setsid()
          except OSError: print('held', flush=True)
          if os.fork() == 0:
            open('daemon', 'w').write(str(os.getpid())); os.close(w); os.close(1); os.close(2)
            while True: signal.pause()
          os._exit(0)
        os.close(w); os.read(r, 1)
        """,
      ])
    #expect(outcome.code == 0)
    #expect(outcome.tail == "held\n")
    let text = try FileDescriptor.contents(of: "\(cell.workspace.bundle)/daemon", limit: 100)
    let pid = try #require(pid_t(String(decoding: text, as: UTF8.self)))
    #expect(!isRunning(pid))
  }

  @Test(arguments: kinds) func usageIsBounded(kind: SandboxKind) async throws {
    let cases: [(limits: UsageLimits, program: String, message: String)] = [
      (UsageLimits(cpuSeconds: 1), "while True: pass", "used more than 1 s of processor time"),
      (
        UsageLimits(cpuSeconds: 1), "import os\nfor i in range(6): os.fork()\nwhile True: pass",
        "used more than 1 s of processor time"
      ),
      (
        UsageLimits(fileSize: 1 << 20),
        "f=open('x','wb')\nimport signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nwhile True: f.write(b'x'*65536)",
        "wrote a file larger than 1 MiB"
      ),
      (
        UsageLimits(processes: 20),
        "import os, signal, threading\nfor i in range(60):\n  threading.Event().wait(0.02)\n  if os.fork() == 0: signal.pause()\nsignal.pause()",
        "ran more than 20 processes at once"
      ),
      (
        UsageLimits(memory: 200 << 20),
        "import os, signal\nx=bytearray(60<<20)\nfor i in range(4):\n  if os.fork() == 0:\n    x[:]=b'y'*len(x); signal.pause()\nsignal.pause()",
        "used more than 200 MiB of memory"
      ),
    ]
    for (limits, program, message) in cases {
      var cell = try Cell(kind)
      cell.usage = limits
      let error = await #expect(throws: PackagingError.self) {
        try await cell.run("/usr/bin/python3", ["-c", program])
      }
      #expect(error?.message == "the command \(message) and was stopped")
      #expect(error?.errorClass == .bundle)
    }
    var cell = try Cell(kind)
    cell.usage = UsageLimits(memory: 300 << 20)
    let hog = try await cell.run("/usr/bin/python3", ["-c", "x = bytearray(1 << 30)"])
    #expect(hog.code == 1)
    #expect(hog.tail.contains("MemoryError"))
    cell.usage = UsageLimits(descriptors: 64)
    let open = try await cell.run("/usr/bin/python3", ["-c", "a = [open('/dev/null') for _ in range(100)]"])
    #expect(open.tail.contains("Too many open files"))
  }

  /// When the pod is killed, all that its commands started goes with it.
  @Test func theGuardianKillsTheGroup() async throws {
    let scratch = Scratch()
    let command = Command(
      name: "the command", executable: "/bin/sh",
      arguments: ["-c", "trap '' TERM; sleep 300 & echo $! > left; wait"], directory: scratch.path,
      environment: ["PATH": "/usr/bin:/bin"], limit: .seconds(60), grace: .seconds(60), outputLimit: 1 << 20)
    let started = try ChildProcess.start(command)
    #expect(await eventually { scratch.text("left")?.contains("\n") == true })
    // What the kernel does when this process dies.
    close(started.lifeline)
    let pid = try #require(pid_t(scratch.text("left")?.trimmingBlanks() ?? ""))
    #expect(await eventually { !isRunning(pid) && !isRunning(started.child) })
    close(started.output)
    ChildProcess.reap(started)
  }

  @Test func secretsInReachForbidEverything() throws {
    let sandbox = Sandbox(kind: .landlock)
    let scratch = Scratch()
    let token = scratch.write("token", "x")
    #expect(sandbox.complaint(environment: ["A_FILE": token, "HOME": scratch.path]) == nil)
    let reach = Sandbox(kind: .landlock, toolDirectories: [scratch.path])
    #expect(
      reach.complaint(environment: ["A_FILE": token])?.contains("A_FILE is \(token), in \(scratch.path)") == true)
    #expect(reach.complaint(environment: ["HOME": scratch.path]) == nil)
    scratch.write(".pgpass", "x")
    #expect(
      reach.complaint(environment: ["HOME": scratch.path])?.contains(
        "a secret of this user is \(scratch.path)/.pgpass")
        == true)
    #expect(sandbox.complaint(environment: ["PGPASSFILE": "/usr/bin/env"])?.contains("PGPASSFILE") == true)
    #expect(
      Sandbox(kind: nil).complaint(environment: [:])?.hasPrefix(
        "install scripts and build commands cannot be allowed")
        == true)
  }
}
