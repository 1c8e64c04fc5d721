#include "CSpawn.h"

#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct failure {
  int code;
  int stage;
};

static const char *const stages[] = {"pipe", "fork", "chdir", "limits", "sandbox", "exec"};
enum { STAGE_PIPE, STAGE_FORK, STAGE_CHDIR, STAGE_LIMITS, STAGE_SANDBOX, STAGE_EXEC };

/* Only async-signal-safe calls from here to exec: other threads may have held any lock at the fork. */

static void fail(int report, int stage) {
  struct failure f = {errno, stage};
  ssize_t ignored = write(report, &f, sizeof f);
  (void)ignored;
  _exit(127);
}

static void close_on_exec_from(int first) {
  if (close_range((unsigned)first, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  /* A kernel before 5.11. */
  long limit = sysconf(_SC_OPEN_MAX);
  for (int fd = first; fd < (limit > 0 && limit < 65536 ? limit : 65536); fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void become(
    const char *path, char *const argv[], char *const envp[], const char *directory,
    const struct cspawn_confinement *confinement, int out, int report, pid_t parent) {
  setpgid(0, 0);
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int s = 1; s < NSIG; s++) sigaction(s, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  umask(022);
  int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  /* The report must not sit where a standard stream goes. */
  int safe = fcntl(report, F_DUPFD_CLOEXEC, 3);
  if (safe < 0) fail(report, STAGE_PIPE);
  int safe_out = fcntl(out, F_DUPFD_CLOEXEC, 3);
  if (null < 0 || safe_out < 0 || dup2(null, 0) < 0 || dup2(safe_out, 1) < 0 || dup2(safe_out, 2) < 0)
    fail(safe, STAGE_PIPE);
  fcntl(0, F_SETFD, 0); /* dup2 onto itself keeps the flag */
  close_on_exec_from(3);
  if (chdir(directory) != 0) fail(safe, STAGE_CHDIR);
  if (confine_limits(confinement) != 0) fail(safe, STAGE_LIMITS);
  if (confinement->sandbox != CSPAWN_OPEN && confine_sandbox(confinement, directory) != 0) fail(safe, STAGE_SANDBOX);
  if (confine_descriptors(confinement) != 0) fail(safe, STAGE_LIMITS);
  /* Last: a change of credentials, as by a user namespace, takes it back. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127); /* it died before the line above */
  execve(path, argv, envp);
  fail(safe, STAGE_EXEC);
}

/* Stays in the group, and kills it once the process that holds the other end of the lifeline is gone. As long as it
   lives, the group's number is nobody else's. */
static void guard(pid_t group, int lifeline) {
  setpgid(0, group);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL); /* none but SIGKILL ends it, which is how it ends with the group */
  if (dup2(lifeline, 0) < 0) _exit(127);
  if (close_range(1, ~0U, 0) != 0) {
    for (int fd = 1; fd < 65536; fd++) close(fd);
  }
  char byte;
  ssize_t got;
  do got = read(0, &byte, 1);
  while (got > 0 || (got < 0 && errno == EINTR));
  kill(-group, SIGKILL);
  _exit(0);
}

/* Forks the program and its guardian, with all signals blocked. Returns the program's process id, or -1. */
static pid_t fork_both(
    const char *path, char *const argv[], char *const envp[], const char *directory,
    const struct cspawn_confinement *confinement, int out, int report, int lifeline, pid_t *guardian) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) become(path, argv, envp, directory, confinement, out, report, parent);
  if (child < 0) return -1;
  setpgid(child, child); /* whoever comes first; EACCES once it runs the program */
  *guardian = fork();
  if (*guardian == 0) guard(child, lifeline);
  if (*guardian < 0) {
    int code = errno;
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
    errno = code;
    return -1;
  }
  setpgid(*guardian, child);
  return child;
}

int cspawn_start(
    const char *path, char *const argv[], char *const envp[], const char *directory,
    const struct cspawn_confinement *confinement, struct cspawn_process *process, const char **stage) {
  int pipes[3][2];
  *stage = stages[STAGE_PIPE];
  for (int made = 0; made < 3; made++) {
    if (pipe2(pipes[made], O_CLOEXEC) == 0) continue;
    int code = errno;
    while (made-- > 0) close(pipes[made][0]), close(pipes[made][1]);
    return code;
  }
  int *out = pipes[0], *report = pipes[1], *lifeline = pipes[2];
  sigset_t all, before;
  sigfillset(&all);
  /* No handler of ours may run in the child. */
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t guardian;
  pid_t pid = fork_both(path, argv, envp, directory, confinement, out[1], report[1], lifeline[0], &guardian);
  int code = pid < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(out[1]);
  close(report[1]);
  close(lifeline[0]);
  struct failure f;
  ssize_t got = 0;
  if (pid > 0) {
    do got = read(report[0], &f, sizeof f);
    while (got < 0 && errno == EINTR);
  }
  close(report[0]);
  if (pid > 0 && got == (ssize_t)sizeof f) {
    code = f.code ? f.code : EIO;
    *stage = stages[f.stage];
    kill(-pid, SIGKILL);
    while (waitpid(-pid, NULL, 0) > 0 || errno == EINTR) {
    }
  } else if (pid < 0) {
    *stage = stages[STAGE_FORK];
  }
  if (code != 0) {
    close(out[0]);
    close(lifeline[1]);
    return code;
  }
  fcntl(out[0], F_SETFL, O_NONBLOCK);
  *process = (struct cspawn_process){
    .child = pid, .guardian = guardian, .output = out[0], .lifeline = lifeline[1]};
  return 0;
}

int cspawn_has_ended(pid_t child) {
  siginfo_t info = {0};
  int r;
  do r = waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT);
  while (r < 0 && errno == EINTR);
  if (r < 0) return -1;
  return info.si_pid == child;
}

int cspawn_reap(pid_t child) {
  int status = 0;
  pid_t r;
  do r = waitpid(child, &status, 0);
  while (r < 0 && errno == EINTR);
  if (r < 0) return -1;
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  return WEXITSTATUS(status);
}

int cspawn_signal_group(pid_t child, int signal) { return kill(-child, signal) == 0 ? 0 : errno; }

int cspawn_group_is_gone(pid_t child) {
  while (waitpid(-child, NULL, WNOHANG) > 0) {
  }
  return kill(-child, 0) != 0 && errno == ESRCH;
}

int cspawn_wake_new(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cspawn_wake(int descriptor) {
  uint64_t one = 1;
  ssize_t ignored = write(descriptor, &one, sizeof one);
  (void)ignored;
}
