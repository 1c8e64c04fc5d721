#include "confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "name this processor's AUDIT_ARCH"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define REFUSE(code) RETURN(SECCOMP_RET_ERRNO | (code))
/* Skips the refusal behind it unless the loaded value is this one. */
#define UNLESS(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1)
#define REFUSE_CALL(call, code) UNLESS(call), REFUSE(code)

int cspawn_has_filters(void) {
  /* EFAULT: the mode is known, the filter is missing. */
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) != 0 && errno == EFAULT;
}

int confine_filter(int network, int deny_truncate) {
  struct sock_filter filter[] = {
      LOAD(arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
      RETURN(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
#if defined(__x86_64__)
      /* The x32 numbers would go past everything below. */
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
      REFUSE(ENOSYS),
#endif
      /* Looking into others. */
      REFUSE_CALL(SYS_ptrace, EPERM),
      REFUSE_CALL(SYS_process_vm_readv, EPERM),
      REFUSE_CALL(SYS_process_vm_writev, EPERM),
      REFUSE_CALL(SYS_kcmp, EPERM),
      REFUSE_CALL(438 /* pidfd_getfd */, EPERM),
      REFUSE_CALL(440 /* process_madvise */, EPERM),
      REFUSE_CALL(SYS_perf_event_open, EPERM),
      REFUSE_CALL(SYS_bpf, EPERM),
      REFUSE_CALL(SYS_userfaultfd, EPERM),
      REFUSE_CALL(SYS_keyctl, EPERM),
      REFUSE_CALL(SYS_add_key, EPERM),
      REFUSE_CALL(SYS_request_key, EPERM),
      /* Leaving the process group, by which all of it is found and killed. */
      REFUSE_CALL(SYS_setsid, EPERM),
      REFUSE_CALL(SYS_setpgid, EPERM),
      /* Another view of the files. */
      REFUSE_CALL(SYS_unshare, EPERM),
      REFUSE_CALL(SYS_setns, EPERM),
      REFUSE_CALL(SYS_mount, EPERM),
      REFUSE_CALL(SYS_umount2, EPERM),
      REFUSE_CALL(SYS_pivot_root, EPERM),
      REFUSE_CALL(SYS_chroot, EPERM),
      REFUSE_CALL(428 /* open_tree */, EPERM),
      REFUSE_CALL(429 /* move_mount */, EPERM),
      REFUSE_CALL(430 /* fsopen */, EPERM),
      REFUSE_CALL(432 /* fsmount */, EPERM),
      REFUSE_CALL(442 /* mount_setattr */, EPERM),
      REFUSE_CALL(SYS_open_by_handle_at, EPERM),
      /* It does what the calls above and socket(2) do, unseen by filters. */
      REFUSE_CALL(425 /* io_uring_setup */, ENOSYS),
      REFUSE_CALL(426 /* io_uring_enter */, ENOSYS),
      REFUSE_CALL(427 /* io_uring_register */, ENOSYS),
      /* Either way one jump over the refusal or into it. */
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, deny_truncate ? SYS_truncate : ~0U, 0, 1),
      REFUSE(EACCES),
      /* clone3(2) hides its flags behind a pointer; C libraries then take clone(2), whose flags are seen. */
      REFUSE_CALL(435 /* clone3 */, ENOSYS),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
      LOAD(args[0]),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x7E020000 /* every CLONE_NEW* of clone(2) */, 0, 1),
      REFUSE(EPERM),
      RETURN(SECCOMP_RET_ALLOW),
      /* Sockets by address family: a database's or a container engine's Unix socket is a secret door, too. */
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0),
      RETURN(SECCOMP_RET_ALLOW),
      LOAD(args[0]),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, network ? AF_INET : ~0U, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, network ? AF_INET6 : ~0U, 1, 0),
      /* getaddrinfo(3) asks for the machine's addresses. */
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, network ? AF_NETLINK : ~0U, 0, 1),
      RETURN(SECCOMP_RET_ALLOW),
      REFUSE(EACCES),
  };
  struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
