#ifndef CARCHIVE_H
#define CARCHIVE_H

#include <stddef.h>
#include <stdint.h>

/// Writes one gzip-compressed GNU tar whose bytes depend on the entries alone.
struct carchive_writer;

/// Begins an archive on an open descriptor, which stays the caller's.
///
/// `level` is the gzip level, 1-9; `modified` is the time of every entry, in seconds since 1970.
/// NULL when there is no memory; any other failure is told by the next call.
struct carchive_writer *carchive_writer_new(int descriptor, int level, int64_t modified);

/// Begins a regular file. `name` is written as it is, bytes, under every locale. 0, or -1.
int carchive_writer_begin(struct carchive_writer *writer, const char *name, int64_t size, int executable);

/// Appends content to the file begun last. 0, or -1 (also when it is more than was announced).
int carchive_writer_append(struct carchive_writer *writer, const void *bytes, size_t count);

/// Writes the end of the archive. 0, or -1.
int carchive_writer_finish(struct carchive_writer *writer);

/// What went wrong last; valid until the next call.
const char *carchive_writer_error(struct carchive_writer *writer);

/// Frees the writer, finished or not.
void carchive_writer_free(struct carchive_writer *writer);

#endif
