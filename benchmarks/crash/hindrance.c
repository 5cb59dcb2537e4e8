/* Stands before the C library (LD_PRELOAD): the n-th call that writes, syncs, renames or deletes in one
   folder kills the process, fails, or writes too little; and the clock can be set back. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NOTHING, KILL, FAIL_WRITES, SHORT_WRITES, FAIL_READS };

static char folder[PATH_MAX];
static int mode, failing;
static long first, last, seen, clock_back;

void hinder(const char *where, int how, int error, long from, long times)
{
    strncpy(folder, where, sizeof folder - 1);
    mode = how;
    failing = error;
    first = from;
    last = from + times;
    seen = 0;
}

long calls_seen(void) { return seen; }
void set_clock_back(long seconds) { clock_back = seconds; }

static int is_due(int is_write)
{
    if (mode == NOTHING || is_write == (mode == FAIL_READS))
        return 0;
    seen++;
    if (seen < first)
        return 0;
    if (mode == KILL)
        kill(getpid(), SIGKILL);
    return seen < last;
}

static int is_inside(const char *path) { return mode && !strncmp(path, folder, strlen(folder)); }

static int is_ours(int descriptor)
{
    char link[64], path[PATH_MAX];
    if (!mode)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_inside(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define FAILS_IF(inside, is_write)                                                                   \
    if ((inside) && is_due(is_write)) {                                                              \
        errno = failing;                                                                             \
        return -1;                                                                                   \
    }

/* A short write says how little it wrote; the next finds no room, as on a disk that has just become full. */
#define WRITE(inside, name, descriptor, data, size, ...)                                             \
    if ((inside) && is_due(1)) {                                                                     \
        if (mode == SHORT_WRITES && (seen - first) % 2 == 0 && size > 1)                             \
            return REAL(name)(descriptor, data, size / 2, ##__VA_ARGS__);                            \
        errno = mode == SHORT_WRITES ? ENOSPC : failing;                                             \
        return -1;                                                                                   \
    }                                                                                                \
    return REAL(name)(descriptor, data, size, ##__VA_ARGS__);

ssize_t write(int to, const void *data, size_t size) { WRITE(is_ours(to), write, to, data, size) }
ssize_t pwrite(int to, const void *data, size_t size, off_t at) { WRITE(is_ours(to), pwrite, to, data, size, at) }
ssize_t pwrite64(int to, const void *data, size_t size, off64_t at)
{
    WRITE(is_ours(to), pwrite64, to, data, size, at)
}
ssize_t read(int from, void *data, size_t size)
{
    FAILS_IF(is_ours(from), 0)
    return REAL(read)(from, data, size);
}
ssize_t pread(int from, void *data, size_t size, off_t at)
{
    FAILS_IF(is_ours(from), 0)
    return REAL(pread)(from, data, size, at);
}
ssize_t pread64(int from, void *data, size_t size, off64_t at)
{
    FAILS_IF(is_ours(from), 0)
    return REAL(pread64)(from, data, size, at);
}
int fsync(int of)
{
    FAILS_IF(is_ours(of), 1)
    return REAL(fsync)(of);
}
int fdatasync(int of)
{
    FAILS_IF(is_ours(of), 1)
    return REAL(fdatasync)(of);
}
int ftruncate(int of, off_t size)
{
    FAILS_IF(is_ours(of), 1)
    return REAL(ftruncate)(of, size);
}
int ftruncate64(int of, off64_t size)
{
    FAILS_IF(is_ours(of), 1)
    return REAL(ftruncate64)(of, size);
}
int rename(const char *from, const char *to)
{
    FAILS_IF(is_inside(to), 1)
    return REAL(rename)(from, to);
}
int unlink(const char *path)
{
    FAILS_IF(is_inside(path), 1)
    return REAL(unlink)(path);
}
int mkdir(const char *path, mode_t rights)
{
    FAILS_IF(is_inside(path), 1)
    return REAL(mkdir)(path, rights);
}
int clock_gettime(clockid_t clock, struct timespec *now)
{
    int said = REAL(clock_gettime)(clock, now);
    if (clock == CLOCK_REALTIME)
        now->tv_sec -= clock_back;
    return said;
}
