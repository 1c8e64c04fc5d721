#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_file(const char *path, const char *text, size_t length) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t written = write(file, text, length);
  int code = errno;
  close(file);
  errno = code;
  return written == (ssize_t)length ? 0 : -1;
}

static size_t put_number(char *to, unsigned number) {
  char digits[16];
  size_t count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while (number /= 10);
  for (size_t i = 0; i < count; i++) to[i] = digits[count - 1 - i];
  return count;
}

/* "ID ID 1": nobody else exists in the namespace. */
static int map_identity(const char *path, unsigned id) {
  char line[48];
  size_t length = put_number(line, id);
  line[length++] = ' ';
  length += put_number(line + length, id);
  memcpy(line + length, " 1", 2);
  return write_file(path, line, length + 2);
}

int confine_user_namespace(void) {
  unsigned user = geteuid(), group = getegid();
  if (unshare(CLONE_NEWUSER) != 0) return -1;
  /* The files in /proc/self belong to somebody else while this process cannot be dumped. It may be only for these
     three writes; a copy of the parent's memory is still here. */
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  int failed = write_file("/proc/self/setgroups", "deny", 4) != 0
               || map_identity("/proc/self/uid_map", user) != 0 || map_identity("/proc/self/gid_map", group) != 0;
  int code = errno;
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  errno = code;
  return failed ? -1 : 0;
}

static int own_namespaces(void) {
  if (confine_user_namespace() != 0 || unshare(CLONE_NEWNS) != 0) return -1;
  return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int cspawn_has_namespaces(void) {
  pid_t child = fork();
  if (child == 0) _exit(own_namespaces() == 0 ? 0 : 1);
  if (child < 0) return 0;
  int status = 0;
  pid_t r;
  do r = waitpid(child, &status, 0);
  while (r < 0 && errno == EINTR);
  return r == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* `at` must exist; makes the directories of `path` below it, and at the end a directory or an empty file. */
static int make_point(char *full, size_t start, int is_directory) {
  for (char *at = full + start + 1; *at; at++) {
    if (*at != '/') continue;
    *at = 0;
    int failed = mkdir(full, 0755) != 0 && errno != EEXIST;
    *at = '/';
    if (failed) return -1;
  }
  if (is_directory) return mkdir(full, 0755) == 0 || errno == EEXIST ? 0 : -1;
  int file = open(full, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  return file < 0 ? -1 : close(file);
}

struct attributes {
  uint64_t set, clear, propagation, user_namespace;
};

static int make_read_only(const char *full) {
  struct attributes wanted = {.set = 1 /* MOUNT_ATTR_RDONLY */};
  if (syscall(442 /* mount_setattr */, AT_FDCWD, full, 0x8000 /* AT_RECURSIVE */, &wanted, sizeof wanted) == 0)
    return 0;
  if (errno != ENOSYS) return -1;
  /* Before 5.12 each mount by itself; its locked flags must be named again. Their numbers are those of MS_*. */
  struct statvfs status;
  if (statvfs(full, &status) != 0) return -1;
  unsigned long kept = status.f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME);
  return mount(NULL, full, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | kept, NULL);
}

static int expose(const char *root, const char *const *paths, int is_writable) {
  size_t length = strlen(root);
  for (; paths && *paths; paths++) {
    char full[PATH_MAX];
    struct stat status;
    if (lstat(*paths, &status) != 0) continue;
    if (length + strlen(*paths) >= sizeof full) {
      errno = ENAMETOOLONG;
      return -1;
    }
    memcpy(full, root, length);
    strcpy(full + length, *paths);
    char target[PATH_MAX];
    ssize_t count;
    int is_link = S_ISLNK(status.st_mode);
    if (stat(*paths, &status) != 0) continue;
    if (is_link && S_ISDIR(status.st_mode) && (count = readlink(*paths, target, sizeof target - 1)) > 0
        && target[0] != '/') {
      /* /bin -> usr/bin; any other link is bound as what it points to. */
      target[count] = 0;
      if (make_point(full, length, 1) != 0 || rmdir(full) != 0 || symlink(target, full) != 0) return -1;
      continue;
    }
    if (make_point(full, length, S_ISDIR(status.st_mode)) != 0) return -1;
    if (mount(*paths, full, NULL, MS_BIND | MS_REC, NULL) != 0) return -1;
    /* A device that is mounted read-only still takes what is written to it. */
    if (!is_writable && make_read_only(full) != 0) return -1;
  }
  return 0;
}

int confine_namespaces(const struct cspawn_confinement *c, const char *directory) {
  int flags = c->network ? 0 : CLONE_NEWNET | CLONE_NEWIPC;
  if (own_namespaces() != 0) return -1;
  if (flags && unshare(flags) != 0) return -1;
  if (mount("none", c->root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755") != 0) return -1;
  if (expose(c->root, c->readable, 0) != 0 || expose(c->root, c->writable, 1) != 0) return -1;
  if (chdir(c->root) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0) return -1;
  if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0) return -1;
  return chdir(directory);
}
