// One child process with text on its standard input, bounded in time.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "CTerminal.h"

extern char **environ;

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Starts the program with `input` as standard input and `output` as standard output and error.
static int start(pid_t *child, const char *const *arguments, int input, int output) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int failure = posix_spawnp(child, arguments[0], &files, &attributes, (char *const *)arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failure;
}

// Sends the input and waits until the child closed its output. 0, or an errno.
static int converse(int input, int output, const char *bytes, size_t count, long deadline) {
  while (1) {
    long left = deadline - milliseconds();
    if (left <= 0) return ETIMEDOUT;
    struct pollfd ready[2] = {{.fd = input, .events = POLLOUT}, {.fd = output, .events = POLLIN}};
    if (count == 0) ready[0].fd = -1;
    if (poll(ready, 2, (int)left) < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    if (ready[0].revents != 0) {
      // A socket, because a pipe would send SIGPIPE when the child reads no more.
      ssize_t sent = send(input, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) sent = (ssize_t)count;
      if (sent > 0) {
        bytes += sent;
        count -= (size_t)sent;
      }
      if (count == 0) shutdown(input, SHUT_WR);
    }
    if (ready[1].revents != 0) {
      char ignored[512];
      if (read(output, ignored, sizeof ignored) == 0) return 0;
    }
  }
}

int terminal_run(const char *const *arguments, const char *input, size_t count, int timeout_ms) {
  int in[2], out[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0) return -errno;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) != 0) {
    int failure = errno;
    close(in[0]);
    close(in[1]);
    return -failure;
  }
  if (count == 0) shutdown(in[0], SHUT_WR);
  pid_t child = -1;
  int failure = start(&child, arguments, in[1], out[1]);
  close(in[1]);
  close(out[1]);
  int result = -failure;
  if (failure == 0) {
    failure = converse(in[0], out[0], input, count, milliseconds() + timeout_ms);
    if (failure != 0) kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (failure != 0) {
      result = -failure;
    } else {
      result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
  }
  close(in[0]);
  close(out[0]);
  return result;
}
