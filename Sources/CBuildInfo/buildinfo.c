#include "CBuildInfo.h"

const char *buildinfo_commit(void) { return BUNDLETOP_COMMIT; }
