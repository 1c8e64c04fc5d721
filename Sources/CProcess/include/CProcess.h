#ifndef CPROCESS_H
#define CPROCESS_H

/* Sends SIGTERM, SIGINT and SIGHUP into a pipe, one byte each (the signal's number), and ignores SIGPIPE.
 * Returns the pipe's read end, or -1 with errno. Call once, first thing in main. */
int process_signal_pipe(void);

/* Makes this process undumpable: no core file, and no child of the same user may read its memory or environment.
 * Returns 0, or -1 with errno. Source: prctl(2), PR_SET_DUMPABLE. */
int process_make_undumpable(void);

/* Gives free memory back to the system. Source: malloc_trim(3). */
void process_trim_heap(void);

/* Adds to a posix_spawn_file_actions_t that the child closes every descriptor from this one on. Returns 0 or an errno.
 * Source: posix_spawn_file_actions_addclosefrom_np, which only GNU's own C sees. */
int process_close_from(void *file_actions, int first);

/* The words for an errno in English, a constant; strerror shares one buffer between all threads. */
const char *process_errno_text(int code);

/* The environment of this process: NAME=value texts, ended by NULL. */
char *const *process_environment(void);

#endif
