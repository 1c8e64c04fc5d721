#include "CPostgres.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

int cpostgres_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void cpostgres_eventfd_signal(int descriptor) {
  const uint64_t one = 1;
  ssize_t written;
  do {
    written = write(descriptor, &one, sizeof one);
  } while (written < 0 && errno == EINTR);
  // EAGAIN means that the counter is full, hence readable already.
}

void cpostgres_eventfd_clear(int descriptor) {
  uint64_t count;
  ssize_t got;
  do {
    got = read(descriptor, &count, sizeof count);
  } while (got < 0 && errno == EINTR);
}

enum cpostgres_sight cpostgres_look(int socket) {
  struct pollfd polled = {.fd = socket, .events = POLLIN | POLLRDHUP};
  if (poll(&polled, 1, 0) == 0) return CPOSTGRES_QUIET;
  return polled.revents == POLLIN ? CPOSTGRES_INPUT : CPOSTGRES_CLOSED;
}

struct start {
  void (*body)(void *);
  void *context;
  char name[16];
};

static void *run(void *opaque) {
  struct start start = *(struct start *)opaque;
  free(opaque);
  pthread_setname_np(pthread_self(), start.name);
  start.body(start.context);
  return NULL;
}

bool cpostgres_start_thread(void (*body)(void *), void *context, const char *name, size_t stack) {
  struct start *start = calloc(1, sizeof *start);
  if (start == NULL) return false;
  start->body = body;
  start->context = context;
  strncpy(start->name, name, sizeof start->name - 1);

  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) {
    free(start);
    return false;
  }
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (stack > 0) pthread_attr_setstacksize(&attributes, stack);

  // A thread inherits the mask of its maker: signals stay with the threads that the program meant them for.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int failure = pthread_create(&thread, &attributes, run, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (failure != 0) free(start);
  return failure == 0;
}

static _Thread_local const void *current_loop;

void cpostgres_set_current_loop(const void *loop) { current_loop = loop; }

const void *cpostgres_current_loop(void) { return current_loop; }

static void swallow(void *argument, const PGresult *result) {
  (void)argument;
  (void)result;
}

void cpostgres_silence_notices(PGconn *connection) { PQsetNoticeReceiver(connection, swallow, NULL); }
