#ifndef CONFINE_H
#define CONFINE_H

#include "CSpawn.h"

/* All of these run between fork and exec of a process that had other threads: async-signal-safe calls only, no heap. */

/* setrlimit(2), but for descriptors; 0, or -1 with errno. */
int confine_limits(const struct cspawn_confinement *c);

/* The limit on open descriptors, after everything that opens some: those of the parent are still open. */
int confine_descriptors(const struct cspawn_confinement *c);

/* Everything else; 0, or -1 with errno. `directory` becomes the working directory, also below a new root. */
int confine_sandbox(const struct cspawn_confinement *c, const char *directory);

int confine_landlock(const struct cspawn_confinement *c);
/* Makes a user namespace in which this user is nobody else; 0, or -1 with errno. */
int confine_user_namespace(void);
int confine_namespaces(const struct cspawn_confinement *c, const char *directory);
int confine_filter(int network, int deny_truncate);

/* Ends all capabilities of this process, for good. */
int confine_capabilities(void);

#endif
