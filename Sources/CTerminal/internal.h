// Shared by the files of this target only.
#ifndef CTERMINAL_INTERNAL_H
#define CTERMINAL_INTERNAL_H

#include <signal.h>
#include <termios.h>

// Remembers what must be given back, and makes the pipe. 0, or -1 with errno.
int rescue_prepare(int tty, const char *log_path);
// Installs the handlers; after newterm, which installs its own.
void rescue_arm(void);
// Puts signals and standard error back. Returns the bytes that went to the log.
long rescue_disarm(void);
// True once something else than terminal_close gave the terminal back.
int rescue_happened(void);

// The descriptor that becomes readable when a signal or a wake-up arrived.
int rescue_pipe(void);
// Stops the process with the default action of SIGTSTP.
void rescue_stop(void);
// The terminal's settings from before.
const struct termios *rescue_settings(void);

#endif
