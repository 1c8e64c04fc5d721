import BundleModel
import Glibc
import Testing

@testable import Packager

/// Every system call that the filter refuses, asked for with arguments that the kernel would refuse differently.
///
/// Of mount, umount2, pivot_root, move_mount, fsopen and their like the kernel says the same to a process without
/// capabilities; of them this proves only that they do not work.
@Suite("System calls that commands must not use")
struct RefusedCallsTests {
  /// Numbers on x86-64 and aarch64, from the kernel's `syscall_64.tbl` and `asm-generic/unistd.h`.
  private static let calls: [(name: String, x86: Int, arm: Int, errno: Int32)] = [
    ("ptrace", 101, 117, EPERM), ("process_vm_readv", 310, 270, EPERM), ("process_vm_writev", 311, 271, EPERM),
    ("kcmp", 312, 272, EPERM), ("pidfd_getfd", 438, 438, EPERM), ("process_madvise", 440, 440, EPERM),
    ("perf_event_open", 298, 241, EPERM), ("bpf", 321, 280, EPERM), ("userfaultfd", 323, 282, EPERM),
    ("keyctl", 250, 219, EPERM), ("add_key", 248, 217, EPERM), ("request_key", 249, 218, EPERM),
    ("setsid", 112, 157, EPERM), ("setpgid", 109, 154, EPERM), ("unshare", 272, 97, EPERM),
    ("setns", 308, 268, EPERM), ("mount", 165, 40, EPERM), ("umount2", 166, 39, EPERM),
    ("pivot_root", 155, 41, EPERM), ("chroot", 161, 51, EPERM), ("open_tree", 428, 428, EPERM),
    ("move_mount", 429, 429, EPERM), ("fsopen", 430, 430, EPERM), ("fsmount", 432, 432, EPERM),
    ("mount_setattr", 442, 442, EPERM), ("open_by_handle_at", 304, 265, EPERM),
    ("io_uring_setup", 425, 425, ENOSYS), ("io_uring_enter", 426, 426, ENOSYS),
    ("io_uring_register", 427, 427, ENOSYS), ("clone3", 435, 435, ENOSYS),
  ]

  private static func number(x86: Int, arm: Int) -> Int {
    #if arch(x86_64)
      x86
    #else
      arm
    #endif
  }

  @Test("each is answered by the filter, in every sandbox", arguments: testedSandboxes)
  func refused(kind: SandboxKind) async throws {
    let scratch = Scratch()
    let slug = try #require(Slug("cell"))
    let workspace = try Workspace.create(
      in: scratch.path, slug: slug, fingerprint: try #require(Fingerprint("abc")))
    let asked = Self.calls.map { "('\($0.name)', \(Self.number(x86: $0.x86, arm: $0.arm)))" }
    // -1 is no pointer, no descriptor and no known command.
    let program = """
      import ctypes
      libc = ctypes.CDLL(None, use_errno=True)
      wrong = ctypes.c_long(-1)
      for name, number in [\(asked.joined(separator: ", "))]:
        ctypes.set_errno(0)
        answer = libc.syscall(number, wrong, wrong, wrong, wrong, wrong)
        print(name, answer, ctypes.get_errno())
      """
    let outcome = try await runCommand(
      Command(
        name: "the command", executable: "/usr/bin/python3", arguments: ["-c", program],
        directory: workspace.bundle,
        environment: CleanEnvironment.make(searchPath: "/usr/bin:/bin", workspace: workspace), limit: .seconds(60),
        grace: .milliseconds(300), outputLimit: 1 << 20,
        confinement: workspace.confinement(in: Sandbox(kind: kind), network: false, usage: UsageLimits())))
    #expect(outcome.code == 0)
    let answers = outcome.tail.split(separator: "\n").map(String.init)
    #expect(answers == Self.calls.map { "\($0.name) -1 \($0.errno)" })
  }
}
