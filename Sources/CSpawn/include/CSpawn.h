#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

/// Starts a program as the leader of a process group of its own.
///
/// stdin is /dev/null; stdout and stderr both go to one pipe; no other descriptor is inherited; signal dispositions
/// and mask are reset; umask is 022; the program is killed when the thread that started it ends (so keep that thread
/// until the program was reaped). `path` must hold a slash.
///
/// Returns 0 with the process and the non-blocking read end of the pipe, else an errno; `*stage` then says what
/// failed: "pipe", "fork", "chdir" or "exec".
int cspawn_start(
    const char *path, char *const argv[], char *const envp[], const char *directory, pid_t *child, int *output,
    const char **stage);

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

/// A close-on-exec eventfd for waking a poll(2); -1 on failure.
int cspawn_wake_new(void);

/// Makes a wake descriptor readable, for good. Safe from any thread.
void cspawn_wake(int descriptor);

#endif
