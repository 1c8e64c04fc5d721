#include "CBuildInfo.h"

const char *buildinfo_version(void) { return BUNDLETOP_VERSION; }

const char *buildinfo_commit(void) { return BUNDLETOP_COMMIT; }
