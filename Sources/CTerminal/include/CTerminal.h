// The only door to ncurses, to the terminal's signals and to one child process: plain integers and UTF-8 pointers.
//
// One screen per process. Functions of the first part are called by one thread at a time, after terminal_open.
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stddef.h>
#include <stdint.h>

// What terminal_open answers.
enum {
  TERMINAL_OPENED = 0,
  TERMINAL_ALREADY_OPEN,
  TERMINAL_NOT_A_TTY,
  TERMINAL_UNKNOWN_TYPE,     // terminfo has no such entry
  TERMINAL_UNSUITABLE_TYPE,  // no cursor movement: "dumb"
  TERMINAL_SYSTEM_ERROR,     // errno says which
};

// Attribute bits of terminal_put.
enum {
  TERMINAL_BOLD = 1,
  TERMINAL_DIM = 2,
  TERMINAL_REVERSE = 4,
  TERMINAL_UNDERLINE = 8,
};

// What terminal_wait saw.
enum {
  TERMINAL_INPUT = 1,
  TERMINAL_WOKEN = 2,
  TERMINAL_HANGUP = 4,
};

// What terminal_read answers; for TERMINAL_KEY the value is one of the keys below.
enum {
  TERMINAL_NOTHING = 0,
  TERMINAL_SCALAR,
  TERMINAL_KEY,
};

enum {
  TERMINAL_KEY_ENTER = 1,
  TERMINAL_KEY_BACK_TAB,
  TERMINAL_KEY_BACKSPACE,
  TERMINAL_KEY_DELETE,
  TERMINAL_KEY_INSERT,
  TERMINAL_KEY_UP,
  TERMINAL_KEY_DOWN,
  TERMINAL_KEY_LEFT,
  TERMINAL_KEY_RIGHT,
  TERMINAL_KEY_HOME,
  TERMINAL_KEY_END,
  TERMINAL_KEY_PAGE_UP,
  TERMINAL_KEY_PAGE_DOWN,
  TERMINAL_KEY_MOUSE,  // digits and semicolons until M or m follow as scalars
  TERMINAL_KEY_PASTE_START,
  TERMINAL_KEY_PASTE_END,
  TERMINAL_KEY_FOCUS_IN,
  TERMINAL_KEY_FOCUS_OUT,
  TERMINAL_KEY_OTHER,
  TERMINAL_KEY_FUNCTION = 100,  // plus the number of the function key
};

// Takes over standard input and output, which must be terminals. Until terminal_close standard error goes to
// log_path (created 0600), or nowhere when that is NULL or cannot be opened. Nothing is written on failure.
int terminal_open(const char *term, const char *log_path);

// Gives the terminal and standard error back as they were found. Returns the bytes that went to the log.
long terminal_close(void);

void terminal_size(int *rows, int *columns);

// Colours that the terminal type knows, 0 without any.
int terminal_colors(void);

// One cell; columns is 1 or 2; a colour is an index or -1 for the terminal's own. Text that curses would give
// another width is replaced by question marks.
void terminal_put(int row, int column, const char *utf8, int columns, int foreground, int background, int attributes);

void terminal_erase(void);

// Where the hardware cursor stands after the next refresh; a negative row hides it.
void terminal_cursor(int row, int column);

// The next refresh sends everything, whatever the terminal shows.
void terminal_repaint(void);

// Sends what changed.
void terminal_refresh(void);

// Sends bytes that are not curses' business, between two refreshes. 0, or an errno.
int terminal_write(const char *bytes, size_t count);

// Mouse reports on or off; off leaves selecting text to the terminal.
void terminal_mouse(int on);

// Waits for input, a wake-up or a signal; a negative timeout waits for ever. 0 when the time is over.
int terminal_wait(int timeout_ms);

// Stops waiting for input: the terminal is gone and would be reported for ever.
void terminal_ignore_input(void);

// The next signal that arrived, 0 when there is none.
int terminal_next_signal(void);

// The next scalar or key, without waiting longer than an escape sequence may take.
int terminal_read(int *value);

// Follows the window's size after SIGWINCH. 1 when it changed.
int terminal_follow_size(void);

// Leaves the screen and stops the process, as SIGTSTP would have; returns when it goes on.
void terminal_suspend(void);

// Takes the screen again after the process was stopped from outside.
void terminal_resume(void);

// Makes terminal_wait return; from any thread.
void terminal_wake(void);

// ---- Needs no open screen.

// 1 when the user's locale encodes text as UTF-8.
int terminal_locale_is_utf8(void);

// What wcwidth says under a UTF-8 locale; one thread at a time.
int terminal_library_columns(uint32_t scalar);

// Runs a program with bytes on its standard input and waits for it.
// Returns its exit status, or -errno; -ETIMEDOUT after killing it.
int terminal_run(const char *const *arguments, const char *input, size_t count, int timeout_ms);

#endif
