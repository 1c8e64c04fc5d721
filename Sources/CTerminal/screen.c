// Everything that curses does for us.
#include <curses.h>
#include <term.h>
// term.h claims short names; what follows must not use them by accident.
#undef lines
#undef columns

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "CTerminal.h"
#include "internal.h"

// Codes of our own, above all that curses gives out.
enum { CODE_MOUSE = 0x1001, CODE_PASTE_START, CODE_PASTE_END, CODE_FOCUS_IN, CODE_FOCUS_OUT };

// curses loses wheel events and columns beyond 223 under some terminal types, so reports are asked for and read here.
static const char mouse_on[] = "\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l";
static const char reports_on[] = "\033[?2004h\033[?1004h";
static const char reports_off[] = "\033[?1004l\033[?2004l";

static SCREEN *screen;
static FILE *output, *input;
static WINDOW *keyboard;  // a pad: reading from a window would refresh it
static int wants_mouse;
static int input_lost;
static int has_own_colors;
static int cursor_row, cursor_column;

enum { PAIRS = 1024 };
static struct {
  int foreground, background;
} pairs[PAIRS];
static int pair_count;

static int is_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

// curses draws nothing at all in a locale that cannot encode it.
static void use_utf8_locale(void) {
  setlocale(LC_CTYPE, "");
  if (!is_utf8()) setlocale(LC_CTYPE, "C.UTF-8");
}

int terminal_locale_is_utf8(void) {
  locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
  if (user == (locale_t)0) return 0;
  int result = strcmp(nl_langinfo_l(CODESET, user), "UTF-8") == 0;
  freelocale(user);
  return result;
}

int terminal_library_columns(uint32_t scalar) {
  static locale_t utf8 = (locale_t)0;
  if (utf8 == (locale_t)0) utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  if (utf8 == (locale_t)0) return -1;
  locale_t before = uselocale(utf8);
  int result = wcwidth((wchar_t)scalar);
  uselocale(before);
  return result;
}

// Whether a screen can open on a terminal type: TERMINAL_OPENED, TERMINAL_UNKNOWN_TYPE, or TERMINAL_UNSUITABLE_TYPE.
static int examine_type(const char *term) {
  int found = 0;
  if (term == NULL || *term == 0 || setupterm((char *)term, STDOUT_FILENO, &found) != OK) {
    // setupterm calls "generic" and hard copy terminals an error, although it found them.
    return found == 1 ? TERMINAL_UNSUITABLE_TYPE : TERMINAL_UNKNOWN_TYPE;
  }
  int result = cursor_address == NULL ? TERMINAL_UNSUITABLE_TYPE : TERMINAL_OPENED;
  del_curterm(cur_term);
  return result;
}

static void emit(const char *bytes) { terminal_write(bytes, strlen(bytes)); }

static void modes_on(void) {
  if (wants_mouse) emit(mouse_on);
  emit(reports_on);
}

static void modes_off(void) {
  emit(reports_off);
  emit(mouse_off);
}

static void start_colors(void) {
  orig_colors = NULL;  // it would reset a palette that the user chose, and we change none
  pair_count = 0;
  has_own_colors = 0;
  if (!has_colors()) return;
  start_color();
  has_own_colors = use_default_colors() == OK;
}

static void start_keyboard(void) {
  keyboard = newpad(1, 1);
  keypad(keyboard, TRUE);
  nodelay(keyboard, TRUE);
  define_key("\033[<", CODE_MOUSE);
  define_key("\033[200~", CODE_PASTE_START);
  define_key("\033[201~", CODE_PASTE_END);
  define_key("\033[I", CODE_FOCUS_IN);
  define_key("\033[O", CODE_FOCUS_OUT);
}

// Ctrl-S must not freeze the picture, and Ctrl-V is a key like any other. Signals stay with the terminal.
static void start_keys_mode(void) {
  struct termios now;
  cbreak();
  noecho();
  nonl();
  if (tcgetattr(STDIN_FILENO, &now) != 0) return;
  now.c_iflag &= ~(tcflag_t)IXON;
  now.c_lflag &= ~(tcflag_t)IEXTEN;
  tcsetattr(STDIN_FILENO, TCSANOW, &now);
  def_prog_mode();
}

static FILE *reopen(int descriptor, const char *mode) {
  int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  return copy < 0 ? NULL : fdopen(copy, mode);
}

int terminal_open(const char *term, const char *log_path) {
  if (screen != NULL) return TERMINAL_ALREADY_OPEN;
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return TERMINAL_NOT_A_TTY;
  int failure = examine_type(term);
  if (failure != TERMINAL_OPENED) return failure;
  use_utf8_locale();
  output = reopen(STDOUT_FILENO, "w");
  input = reopen(STDIN_FILENO, "r");
  if (output == NULL || input == NULL || rescue_prepare(fileno(output), log_path) != 0) return TERMINAL_SYSTEM_ERROR;
  use_env(FALSE);
  use_tioctl(TRUE);
  screen = newterm((char *)term, output, input);
  if (screen == NULL) {
    rescue_disarm();
    fclose(output);
    fclose(input);
    return TERMINAL_UNKNOWN_TYPE;
  }
  rescue_arm();
  set_escdelay(25);
  start_colors();
  start_keys_mode();
  start_keyboard();
  wants_mouse = 1;
  input_lost = 0;
  modes_on();
  cursor_row = -1;
  return TERMINAL_OPENED;
}

long terminal_close(void) {
  if (screen == NULL) return 0;
  if (!rescue_happened()) {
    modes_off();
    curs_set(1);
    endwin();
    tcsetattr(fileno(output), TCSANOW, rescue_settings());
  }
  delwin(keyboard);
  delscreen(screen);
  screen = NULL;
  fclose(output);
  fclose(input);
  return rescue_disarm();
}

void terminal_size(int *rows, int *columns) { getmaxyx(stdscr, *rows, *columns); }

int terminal_colors(void) { return has_colors() ? COLORS : 0; }

static int pair_for(int foreground, int background) {
  if (foreground < 0 && background < 0) return 0;
  for (int i = 0; i < pair_count; i++) {
    if (pairs[i].foreground == foreground && pairs[i].background == background) return i + 1;
  }
  if (pair_count == PAIRS || pair_count + 1 >= COLOR_PAIRS) return 0;
  int front = foreground < 0 && !has_own_colors ? COLOR_WHITE : foreground;
  int back = background < 0 && !has_own_colors ? COLOR_BLACK : background;
  if (init_extended_pair(pair_count + 1, front, back) != OK) return 0;
  pairs[pair_count].foreground = foreground;
  pairs[pair_count].background = background;
  return ++pair_count;
}

// The text of one cell as curses wants it: a base of the right width, then marks.
static void decode(const char *utf8, int columns, wchar_t *text) {
  mbstate_t state = {0};
  int count = 0;
  size_t left = strlen(utf8);
  while (left > 0 && count < CCHARW_MAX) {
    wchar_t scalar;
    size_t used = mbrtowc(&scalar, utf8, left, &state);
    if (used == 0 || used > left) break;
    if (wcwidth(scalar) != (count == 0 ? columns : 0)) {
      if (count == 0) break;
    } else {
      text[count++] = scalar;
    }
    utf8 += used;
    left -= used;
  }
  if (count == 0) text[count++] = L'?';
  text[count] = 0;
}

void terminal_put(int row, int column, const char *utf8, int columns, int foreground, int background, int attributes) {
  attr_t drawn = 0;
  if (attributes & TERMINAL_BOLD) drawn |= WA_BOLD;
  if (attributes & TERMINAL_DIM) drawn |= WA_DIM;
  if (attributes & TERMINAL_REVERSE) drawn |= WA_REVERSE;
  if (attributes & TERMINAL_UNDERLINE) drawn |= WA_UNDERLINE;
  int pair = 0;
  if (has_colors()) {
    // Eight colours: the bright half is the dark one in bold.
    if (foreground >= COLORS && foreground < 16) {
      foreground -= 8;
      drawn |= WA_BOLD;
    }
    if (background >= COLORS && background < 16) background -= 8;
    pair = pair_for(foreground < COLORS ? foreground : -1, background < COLORS ? background : -1);
  }
  wchar_t text[CCHARW_MAX + 1];
  decode(utf8, columns, text);
  cchar_t cell;
  if (setcchar(&cell, text, drawn, 0, &pair) != OK) return;
  mvadd_wch(row, column, &cell);
  if (columns == 2 && text[0] == L'?') mvadd_wch(row, column + 1, &cell);
}

void terminal_erase(void) { erase(); }

void terminal_repaint(void) { clearok(curscr, TRUE); }

void terminal_cursor(int row, int column) {
  cursor_row = row;
  cursor_column = column;
}

void terminal_refresh(void) {
  if (rescue_happened()) return;
  curs_set(cursor_row < 0 ? 0 : 1);
  move(cursor_row < 0 ? 0 : cursor_row, cursor_row < 0 ? 0 : cursor_column);
  refresh();
}

int terminal_write(const char *bytes, size_t count) {
  if (rescue_happened()) return EIO;
  while (count > 0) {
    ssize_t written = write(fileno(output), bytes, count);
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes += written;
    count -= (size_t)written;
  }
  return 0;
}

void terminal_mouse(int on) {
  if (on == wants_mouse) return;
  wants_mouse = on;
  emit(on ? mouse_on : mouse_off);
}

void terminal_ignore_input(void) { input_lost = 1; }

int terminal_wait(int timeout_ms) {
  struct pollfd ready[2] = {
      {.fd = input_lost ? -1 : fileno(input), .events = POLLIN},
      {.fd = rescue_pipe(), .events = POLLIN},
  };
  int count = poll(ready, 2, timeout_ms);
  if (count <= 0) return count == 0 ? 0 : TERMINAL_WOKEN;
  int seen = 0;
  if (ready[1].revents != 0) seen |= TERMINAL_WOKEN;
  if (ready[0].revents & (POLLHUP | POLLERR | POLLNVAL)) return seen | TERMINAL_HANGUP;
  if (ready[0].revents & POLLIN) {
    int waiting = 0;
    // Readable without a byte is the end of the file: asking again would spin.
    if (ioctl(fileno(input), FIONREAD, &waiting) == 0 && waiting == 0) return seen | TERMINAL_HANGUP;
    seen |= TERMINAL_INPUT;
  }
  return seen;
}

static int key_for(wint_t code) {
  if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(48)) return TERMINAL_KEY_FUNCTION + (int)(code - KEY_F0);
  switch (code) {
    case KEY_ENTER: return TERMINAL_KEY_ENTER;
    case KEY_BTAB: return TERMINAL_KEY_BACK_TAB;
    case KEY_BACKSPACE: return TERMINAL_KEY_BACKSPACE;
    case KEY_DC: return TERMINAL_KEY_DELETE;
    case KEY_IC: return TERMINAL_KEY_INSERT;
    case KEY_UP: return TERMINAL_KEY_UP;
    case KEY_DOWN: return TERMINAL_KEY_DOWN;
    case KEY_LEFT: return TERMINAL_KEY_LEFT;
    case KEY_RIGHT: return TERMINAL_KEY_RIGHT;
    case KEY_HOME: return TERMINAL_KEY_HOME;
    case KEY_END: return TERMINAL_KEY_END;
    case KEY_PPAGE: return TERMINAL_KEY_PAGE_UP;
    case KEY_NPAGE: return TERMINAL_KEY_PAGE_DOWN;
    case CODE_MOUSE: return TERMINAL_KEY_MOUSE;
    case CODE_PASTE_START: return TERMINAL_KEY_PASTE_START;
    case CODE_PASTE_END: return TERMINAL_KEY_PASTE_END;
    case CODE_FOCUS_IN: return TERMINAL_KEY_FOCUS_IN;
    case CODE_FOCUS_OUT: return TERMINAL_KEY_FOCUS_OUT;
    default: return TERMINAL_KEY_OTHER;  // KEY_RESIZE among them: resizeterm pushes it
  }
}

int terminal_read(int *value) {
  wint_t code = 0;
  switch (wget_wch(keyboard, &code)) {
    case OK: *value = (int)code; return TERMINAL_SCALAR;
    case KEY_CODE_YES: *value = key_for(code); return TERMINAL_KEY;
    default: return TERMINAL_NOTHING;
  }
}

int terminal_follow_size(void) {
  struct winsize size;
  int rows, columns;
  getmaxyx(stdscr, rows, columns);
  if (ioctl(fileno(output), TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return 0;
  if (size.ws_row == rows && size.ws_col == columns) return 0;
  return resizeterm(size.ws_row, size.ws_col) == OK;
}

void terminal_suspend(void) {
  modes_off();
  curs_set(1);
  endwin();
  tcsetattr(fileno(output), TCSANOW, rescue_settings());
  rescue_stop();
  terminal_resume();
}

void terminal_resume(void) {
  reset_prog_mode();
  keypad(keyboard, TRUE);  // curses would wait with it until the first key, which would then be another
  clearok(curscr, TRUE);
  refresh();
  modes_on();
}
