#include "confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int limit(int which, uint64_t soft, uint64_t hard) {
  struct rlimit now;
  if (getrlimit(which, &now) != 0) return -1;
  /* Never more than there was. */
  if (now.rlim_max != RLIM_INFINITY && hard > now.rlim_max) hard = now.rlim_max;
  struct rlimit wanted = {.rlim_cur = soft < hard ? soft : hard, .rlim_max = hard};
  return setrlimit(which, &wanted);
}

int confine_limits(const struct cspawn_confinement *c) {
  /* SIGXCPU says why; who ignores it is killed two seconds later. */
  if (c->cpu_seconds && limit(RLIMIT_CPU, c->cpu_seconds, c->cpu_seconds + 2) != 0) return -1;
  /* Not RLIMIT_AS: V8 and Go reserve far more addresses than they use. */
  if (c->memory && limit(RLIMIT_DATA, c->memory, c->memory) != 0) return -1;
  if (c->file_size && limit(RLIMIT_FSIZE, c->file_size, c->file_size) != 0) return -1;
  return limit(RLIMIT_CORE, 0, 0);
}

int confine_descriptors(const struct cspawn_confinement *c) {
  return c->descriptors ? limit(RLIMIT_NOFILE, c->descriptors, c->descriptors) : 0;
}

int confine_capabilities(void) {
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  for (int capability = 0; capability < 64; capability++) {
    /* EINVAL: past the last one. EPERM: not privileged, so there is nothing to lose. */
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) break;
  }
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
  return (int)syscall(SYS_capset, &header, none);
}

int confine_sandbox(const struct cspawn_confinement *c, const char *directory) {
  int deny_truncate = 0;
  int counted = c->sandbox == CSPAWN_NAMESPACES;
  /* Before the namespaces, which give capabilities: these are dropped right after. */
  if (c->sandbox == CSPAWN_NAMESPACES && confine_namespaces(c, directory) != 0) return -1;
  /* RLIMIT_NPROC counts a user's processes on the whole machine, but only those of a namespace inside one. It never
     counts root's. Where there are no namespaces, the caller's own count has to do. */
  if (!counted && c->processes && geteuid() != 0) counted = confine_user_namespace() == 0;
  if (counted && c->processes && limit(RLIMIT_NPROC, c->processes, c->processes) != 0) return -1;
  if (confine_capabilities() != 0) return -1;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  if (c->sandbox == CSPAWN_LANDLOCK) {
    if (confine_landlock(c) != 0) return -1;
    /* The third version is the first that guards truncate(2). */
    deny_truncate = cspawn_landlock_version() < 3;
  }
  return confine_filter(c->network, deny_truncate);
}
