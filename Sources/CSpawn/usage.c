#include "CSpawn.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* proc(5): "pid (comm) state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime
   priority nice threads itrealvalue starttime vsize rss"; the name may hold anything, so the last `)` counts. */
static void add(char *text, pid_t group, struct cspawn_usage *usage, uint64_t page, uint64_t tick) {
  char *rest = strrchr(text, ')');
  if (!rest) return;
  char state;
  int pgrp;
  uint64_t user, kernel, waited_user, waited_kernel;
  int64_t pages;
  int read = sscanf(
      rest + 1,
      " %c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
      " %*d %*d %*d %*d %*u %*u %" SCNd64,
      &state, &pgrp, &user, &kernel, &waited_user, &waited_kernel, &pages);
  if (read != 7 || pgrp != group) return;
  if (state != 'Z') usage->processes++;
  if (pages > 0) usage->memory += (uint64_t)pages * page;
  usage->cpu_milliseconds += (user + kernel + waited_user + waited_kernel) * 1000 / tick;
}

int cspawn_usage_of_group(const struct cspawn_process *process, struct cspawn_usage *usage) {
  memset(usage, 0, sizeof *usage);
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), tick = (uint64_t)sysconf(_SC_CLK_TCK);
  DIR *all = opendir("/proc");
  if (!all) return -1;
  struct dirent *entry;
  while ((entry = readdir(all))) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    if (atoi(entry->d_name) == process->guardian) continue;
    char path[64], text[1024];
    snprintf(path, sizeof path, "%.16s/stat", entry->d_name);
    int file = openat(dirfd(all), path, O_RDONLY | O_CLOEXEC);
    if (file < 0) continue; /* it ended meanwhile */
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) continue;
    text[count] = 0;
    add(text, process->child, usage, page, tick);
  }
  closedir(all);
  return 0;
}
