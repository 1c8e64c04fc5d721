#ifndef CBUILDINFO_H
#define CBUILDINFO_H

/* The git commit that this program was built from, or "unknown". */
const char *buildinfo_commit(void);

#endif
