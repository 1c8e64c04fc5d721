// Signals, standard error and the way back: what must work even when the program is broken.
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "CTerminal.h"

// Focus, paste and mouse off; keypad, attributes and cursor as usual; back from the alternate screen.
static const char reset_sequence[] =
    "\033[?1004l\033[?2004l\033[?1006l\033[?1002l\033[?1l\033>\033[0m\033[?25h\033[?1049l";

static const int graceful[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};
static const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE};
enum { GRACEFUL = sizeof graceful / sizeof graceful[0], FATAL = sizeof fatal / sizeof fatal[0] };

static struct sigaction graceful_before[GRACEFUL];
static struct sigaction fatal_before[FATAL];
static struct termios settings;
static int tty_descriptor = -1;
static int pipe_ends[2] = {-1, -1};
static int stderr_before = -1;
static char farewell[1200];  // says where the log is; written by a crash
static size_t farewell_length;
static char log_name[1100];
static volatile sig_atomic_t said_something;  // the log holds more than nothing
static volatile sig_atomic_t armed;
static volatile sig_atomic_t rescued;
static volatile sig_atomic_t leaving;
static struct timespec leaving_since;

// A terminal that takes no more bytes must not keep the program from ending.
static void write_in_time(int descriptor, const char *bytes, size_t count) {
  while (count > 0) {
    struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
    if (poll(&ready, 1, 200) <= 0 || !(ready.revents & POLLOUT)) return;
    ssize_t written = write(descriptor, bytes, count);
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

// Only async-signal-safe calls: endwin is not.
static void rescue(void) {
  if (!armed || rescued) return;
  rescued = 1;
  write_in_time(tty_descriptor, reset_sequence, sizeof reset_sequence - 1);
  tcsetattr(tty_descriptor, TCSANOW, &settings);
  struct stat log;
  if (farewell_length > 0 && fstat(STDERR_FILENO, &log) == 0) {
    said_something = log.st_size > 0;
    if (!said_something) unlink(log_name);
  }
  if (stderr_before >= 0) dup2(stderr_before, STDERR_FILENO);
}

static void at_exit(void) { rescue(); }

// A second request to leave ends the program by force once the first had three seconds.
static void note_leaving(int signal_number) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!leaving) {
    leaving_since = now;
    leaving = 1;
    return;
  }
  if (now.tv_sec - leaving_since.tv_sec < 3) return;
  rescue();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

static void on_graceful(int signal_number) {
  int saved = errno;
  unsigned char byte = (unsigned char)signal_number;
  if (write(pipe_ends[1], &byte, 1) < 0) {
    // A full pipe wakes the reader anyway.
  }
  if (signal_number != SIGWINCH && signal_number != SIGTSTP && signal_number != SIGCONT) note_leaving(signal_number);
  errno = saved;
}

static void on_fatal(int signal_number, siginfo_t *info, void *context) {
  (void)context;
  rescue();
  if (said_something) write_in_time(STDERR_FILENO, farewell, farewell_length);
  if (info->si_code > 0) {
    // A real fault happens again on return, now under the runtime's own handler, whose backtrace is then true.
    for (int i = 0; i < FATAL; i++) {
      if (fatal[i] == signal_number) sigaction(signal_number, &fatal_before[i], NULL);
    }
    return;
  }
  raise(signal_number);  // SA_RESETHAND has put the default action back
}

int rescue_prepare(int tty, const char *log_path) {
  if (tcgetattr(tty, &settings) != 0) return -1;
  if (pipe_ends[0] < 0) {
    static int registered;
    if (pipe(pipe_ends) != 0) return -1;
    for (int i = 0; i < 2; i++) {
      fcntl(pipe_ends[i], F_SETFD, FD_CLOEXEC);
      fcntl(pipe_ends[i], F_SETFL, O_NONBLOCK);
    }
    if (!registered) atexit(at_exit);
    registered = 1;
  }
  tty_descriptor = tty;
  for (int i = 0; i < GRACEFUL; i++) sigaction(graceful[i], NULL, &graceful_before[i]);
  for (int i = 0; i < FATAL; i++) sigaction(fatal[i], NULL, &fatal_before[i]);

  int log = -1;
  if (log_path != NULL) log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  farewell_length = 0;
  said_something = 0;
  if (log >= 0) {
    snprintf(log_name, sizeof log_name, "%s", log_path);
    int length = snprintf(farewell, sizeof farewell, "The last messages are in %s\n", log_path);
    if (length > 0 && (size_t)length < sizeof log_name) farewell_length = (size_t)length;
  } else {
    log = open("/dev/null", O_WRONLY | O_CLOEXEC);
  }
  stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (log >= 0) {
    dup2(log, STDERR_FILENO);
    close(log);
  }
  return 0;
}

void rescue_arm(void) {
  rescued = 0;
  leaving = 0;
  armed = 1;
  for (int i = 0; i < GRACEFUL; i++) {
    if (graceful_before[i].sa_handler == SIG_IGN) {
      signal(graceful[i], SIG_IGN);  // as nohup and job-less shells want it
      continue;
    }
    struct sigaction action = {.sa_handler = on_graceful, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(graceful[i], &action, NULL);
  }
  for (int i = 0; i < FATAL; i++) {
    struct sigaction action = {
        .sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(fatal[i], &action, NULL);
  }
}

long rescue_disarm(void) {
  armed = 0;
  for (int i = 0; i < GRACEFUL; i++) sigaction(graceful[i], &graceful_before[i], NULL);
  for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &fatal_before[i], NULL);
  long logged = 0;
  struct stat log;
  if (fstat(STDERR_FILENO, &log) == 0 && S_ISREG(log.st_mode) && farewell_length > 0) logged = (long)log.st_size;
  if (stderr_before >= 0) {
    dup2(stderr_before, STDERR_FILENO);
    close(stderr_before);
    stderr_before = -1;
  }
  farewell_length = 0;
  return logged;
}

int rescue_happened(void) { return rescued; }
int rescue_pipe(void) { return pipe_ends[0]; }
const struct termios *rescue_settings(void) { return &settings; }

void rescue_stop(void) {
  struct sigaction ours, usual = {.sa_handler = SIG_DFL};
  sigemptyset(&usual.sa_mask);
  sigaction(SIGTSTP, &usual, &ours);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &ours, NULL);
}

int terminal_next_signal(void) {
  unsigned char byte = 0;
  while (read(pipe_ends[0], &byte, 1) == 1) {
    if (byte != 0) return byte;
  }
  return 0;
}

void terminal_wake(void) {
  unsigned char byte = 0;
  if (write(pipe_ends[1], &byte, 1) < 0) {
    // A full pipe wakes the reader anyway.
  }
}
