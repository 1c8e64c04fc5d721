#include "CArchive.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct carchive_writer {
  struct archive *archive;
  int64_t modified;
  int failed; /* a set-up step went wrong: its message is still in the archive */
};

struct carchive_writer *carchive_writer_new(int descriptor, int level, int64_t modified) {
  struct carchive_writer *w = calloc(1, sizeof *w);
  if (!w) return NULL;
  w->modified = modified;
  w->archive = archive_write_new();
  if (!w->archive) {
    free(w);
    return NULL;
  }
  char options[64];
  snprintf(options, sizeof options, "gzip:compression-level=%d,gzip:!timestamp", level);
  /* gnutar takes names as bytes; pax converts them by the locale and fails or differs under "C". */
  w->failed = archive_write_set_format_gnutar(w->archive) != ARCHIVE_OK ||
              archive_write_add_filter_gzip(w->archive) != ARCHIVE_OK ||
              archive_write_set_options(w->archive, options) != ARCHIVE_OK ||
              archive_write_set_bytes_in_last_block(w->archive, 1) != ARCHIVE_OK ||
              archive_write_open_fd(w->archive, descriptor) != ARCHIVE_OK;
  return w;
}

int carchive_writer_begin(struct carchive_writer *w, const char *name, int64_t size, int executable) {
  if (w->failed) return -1;
  struct archive_entry *entry = archive_entry_new();
  if (!entry) return -1;
  archive_entry_set_pathname(entry, name);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, executable ? 0755 : 0644);
  archive_entry_set_size(entry, size);
  archive_entry_set_mtime(entry, w->modified, 0);
  archive_entry_set_uid(entry, 0);
  archive_entry_set_gid(entry, 0);
  int r = archive_write_header(w->archive, entry);
  archive_entry_free(entry);
  return r == ARCHIVE_OK ? 0 : -1;
}

int carchive_writer_append(struct carchive_writer *w, const void *bytes, size_t count) {
  const char *at = bytes;
  while (count > 0) {
    la_ssize_t n = archive_write_data(w->archive, at, count);
    if (n <= 0) return -1;
    at += n;
    count -= (size_t)n;
  }
  return 0;
}

int carchive_writer_finish(struct carchive_writer *w) {
  if (w->failed) return -1;
  return archive_write_close(w->archive) == ARCHIVE_OK ? 0 : -1;
}

const char *carchive_writer_error(struct carchive_writer *w) {
  const char *text = archive_error_string(w->archive);
  return text ? text : "libarchive gives no reason";
}

void carchive_writer_free(struct carchive_writer *w) {
  if (!w) return;
  archive_write_free(w->archive);
  free(w);
}
