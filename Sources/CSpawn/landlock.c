#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface by its numbers: headers of a distribution are older than kernels in the field. */

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

struct ruleset {
  uint64_t files, network, scoped;
};

struct path_rule {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed));

enum { VERSION_ONLY = 1, RULE_PATH = 1 };

#define EXECUTE (1ULL << 0)
#define WRITE_FILE (1ULL << 1)
#define READ_FILE (1ULL << 2)
#define READ_DIR (1ULL << 3)
#define REMOVE_DIR (1ULL << 4)
#define REMOVE_FILE (1ULL << 5)
#define MAKE_DIR (1ULL << 7)
#define MAKE_REG (1ULL << 8)
#define MAKE_SOCK (1ULL << 9)
#define MAKE_FIFO (1ULL << 10)
#define MAKE_SYM (1ULL << 12)
#define FIRST_FILES ((1ULL << 13) - 1)
#define REFER (1ULL << 13)
#define TRUNCATE (1ULL << 14)
#define IOCTL_DEVICE (1ULL << 15)
#define BIND_TCP (1ULL << 0)
#define CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0)
#define SCOPE_SIGNALS (1ULL << 1)

/* No devices: a sandbox without capabilities could not make them anyway. */
#define READ (EXECUTE | READ_FILE | READ_DIR)
#define WRITE \
  (WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_SYM | REFER | TRUNCATE)
#define OF_A_FILE (EXECUTE | READ_FILE | WRITE_FILE | TRUNCATE)

int cspawn_landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_ONLY);
  return version > 0 ? (int)version : 0;
}

static int grant(int ruleset, const char *const *paths, uint64_t allowed) {
  for (; paths && *paths; paths++) {
    int path = open(*paths, O_PATH | O_CLOEXEC);
    if (path < 0) {
      if (errno == ENOENT || errno == ENOTDIR || errno == EACCES) continue;
      return -1;
    }
    struct path_rule rule = {allowed, path};
    int failed = (int)syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0);
    if (failed && errno == EINVAL) {
      /* No directory. Asking fstat(2) would do as well, but a library that is preloaded may wrap it in a lock, and
         another thread may have held that at the fork. */
      rule.allowed &= OF_A_FILE;
      failed = (int)syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0);
    }
    int code = errno;
    close(path);
    errno = code;
    if (failed) return -1;
  }
  return 0;
}

int confine_landlock(const struct cspawn_confinement *c) {
  int version = cspawn_landlock_version();
  if (version < 1) {
    errno = ENOSYS;
    return -1;
  }
  struct ruleset wanted = {.files = FIRST_FILES};
  size_t size = sizeof wanted.files;
  if (version >= 2) wanted.files |= REFER;
  if (version >= 3) wanted.files |= TRUNCATE;
  if (version >= 4) {
    /* What is handled and granted to nobody is denied. */
    wanted.network = c->network ? BIND_TCP : BIND_TCP | CONNECT_TCP;
    size = offsetof(struct ruleset, scoped);
  }
  if (version >= 5) wanted.files |= IOCTL_DEVICE;
  if (version >= 6) {
    wanted.scoped = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
    size = sizeof wanted;
  }
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0);
  if (ruleset < 0) return -1;
  if (grant(ruleset, c->readable, READ & wanted.files) != 0) return -1;
  if (grant(ruleset, c->writable, (READ | WRITE) & wanted.files) != 0) return -1;
  if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) return -1;
  return close(ruleset);
}
