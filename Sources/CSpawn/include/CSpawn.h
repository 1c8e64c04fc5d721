#ifndef CSPAWN_H
#define CSPAWN_H

#include <stdint.h>
#include <sys/types.h>

/// How a program is kept from files that it was not granted.
enum cspawn_sandbox {
  /// Not at all.
  CSPAWN_OPEN = 0,
  /// landlock(7), together with a seccomp(2) filter.
  CSPAWN_LANDLOCK = 1,
  /// A user and mount namespace that holds nothing but the grants, together with the same filter.
  CSPAWN_NAMESPACES = 2,
};

/// What a program may touch and use. In a sandbox it also has no capabilities, gains none (no_new_privs), cannot leave
/// its process group, and cannot look into another process.
struct cspawn_confinement {
  enum cspawn_sandbox sandbox;
  /// Paths that it may read and execute, with all below; NULL at the end. Those that do not exist are passed over.
  const char *const *readable;
  /// Paths that it may also change.
  const char *const *writable;
  /// An existing empty directory for CSPAWN_NAMESPACES, which the program sees as `/`.
  const char *root;
  /// 0: no sockets but pairs.
  int network;
  /// Limits of each process, setrlimit(2); 0: as inherited. Seconds of processor time; bytes of private writable
  /// memory; bytes of one file; open descriptors.
  uint64_t cpu_seconds, memory, file_size, descriptors;
  /// Processes and threads of the group, where the kernel can count them: in a user namespace, and not for root.
  uint64_t processes;
};

/// What this kernel offers, found by asking it: the version of Landlock's interface (0: none) …
int cspawn_landlock_version(void);

/// … and whether this process may make user and mount namespaces (1) or not (0). Forks.
int cspawn_has_namespaces(void);

/// … and whether seccomp(2) filters work (1) or not (0).
int cspawn_has_filters(void);

/// A running program.
struct cspawn_process {
  /// The leader of its process group.
  pid_t child;
  /// Another process of ours in the group, which kills it when this process dies.
  pid_t guardian;
  /// The non-blocking read end of the pipe that takes its stdout and stderr.
  int output;
  /// Close it after the program was reaped. When this process dies, it is closed, too, and the whole group is killed.
  int lifeline;
};

/// Starts a program as the leader of a process group of its own.
///
/// stdin is /dev/null; stdout and stderr both go to one pipe; no other descriptor is inherited; signal dispositions
/// and mask are reset; umask is 022; the program is killed when the thread that started it ends (so keep that thread
/// until the program was reaped). `path` must hold a slash.
///
/// Returns 0 with the process, else an errno; `*stage` then says what failed: "pipe", "fork", "chdir", "limits",
/// "sandbox" or "exec".
int cspawn_start(
    const char *path, char *const argv[], char *const envp[], const char *directory,
    const struct cspawn_confinement *confinement, struct cspawn_process *process, const char **stage);

/// 1 when the process has ended, and leaves it unreaped, so that its number and its group's stay its own; 0 while it
/// runs; -1 when it is no child of ours.
int cspawn_has_ended(pid_t child);

/// Reaps a process that has ended. Returns its exit code, 128 + the signal that ended it, or -1.
int cspawn_reap(pid_t child);

/// Sends a signal to every process of the group that `child` leads; 0, or an errno (ESRCH: nobody is left).
int cspawn_signal_group(pid_t child, int signal);

/// 1 once nobody of the group that `child` led is left. Reaps those of it that became children of this process, as
/// orphans do where this process is the first of its pid namespace.
int cspawn_group_is_gone(pid_t child);

/// What the processes of a group use together.
struct cspawn_usage {
  int processes;
  /// Bytes of memory that are resident; pages shared by several processes count several times.
  uint64_t memory;
  /// Processor time, also of children that ended and were waited for.
  uint64_t cpu_milliseconds;
};

/// Adds up the group of a process, without its guardian, from /proc. 0, or -1 where /proc cannot be read.
int cspawn_usage_of_group(const struct cspawn_process *process, struct cspawn_usage *usage);

/// A close-on-exec eventfd for waking a poll(2); -1 on failure.
int cspawn_wake_new(void);

/// Makes a wake descriptor readable, for good. Safe from any thread.
void cspawn_wake(int descriptor);

#endif
