#ifndef CPOSTGRES_H
#define CPOSTGRES_H

// The only door to libpq (15), and to the few Linux calls that Swift's Glibc module does not show.

#include <postgresql/libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

// A new counter that poll(2) can watch, non-blocking and closed on exec; -1 with errno. eventfd(2).
int cpostgres_eventfd(void);

// Makes the counter readable, from any thread.
void cpostgres_eventfd_signal(int descriptor);

// Makes the counter unreadable again.
void cpostgres_eventfd_clear(int descriptor);

// What a look at a socket can find.
enum cpostgres_sight { CPOSTGRES_QUIET, CPOSTGRES_INPUT, CPOSTGRES_CLOSED };

// Looks whether the peer has sent something or closed, without waiting. poll(2), POLLRDHUP.
enum cpostgres_sight cpostgres_look(int socket);

// Runs `body(context)` on a new detached thread that takes no signals; false when there is no thread to be had.
// `stack` is in bytes, 0 for the default; `name` has at most 15 bytes. pthread_setname_np(3).
bool cpostgres_start_thread(void (*body)(void *), void *context, const char *name, size_t stack);

// Marks the calling thread as the one of `loop`.
void cpostgres_set_current_loop(const void *loop);

// The loop whose thread this is, or NULL.
const void *cpostgres_current_loop(void);

// Drops every notice: by default libpq prints them on standard error.
void cpostgres_silence_notices(PGconn *connection);

#endif
