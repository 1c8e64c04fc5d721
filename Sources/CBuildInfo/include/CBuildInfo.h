#ifndef CBUILDINFO_H
#define CBUILDINFO_H

/* The released version. */
const char *buildinfo_version(void);

/* The git commit that this program was built from, or "unknown". */
const char *buildinfo_commit(void);

#endif
