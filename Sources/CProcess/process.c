#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int write_end = -1;

static void on_signal(int number) {
  int before = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t written = write(write_end, &byte, 1);
  (void)written; /* a full pipe already says enough */
  errno = before;
}

int process_signal_pipe(void) {
  static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  if (fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) return -1;
  write_end = ends[1];
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    if (sigaction(numbers[i], &action, NULL) != 0) return -1;
  action.sa_handler = SIG_IGN;
  return sigaction(SIGPIPE, &action, NULL) == 0 ? ends[0] : -1;
}

int process_make_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

char *const *process_environment(void) { return environ; }

const char *process_errno_text(int code) {
  const char *text = strerrordesc_np(code);
  return text ? text : "unknown error";
}

void process_trim_heap(void) { malloc_trim(0); }

int process_close_from(void *file_actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(file_actions, first);
}
