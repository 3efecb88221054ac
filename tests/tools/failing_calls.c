/* A file call of a program fails. Loaded before libc (LD_PRELOAD); made and used by disk.py.
 *
 *   FAIL_BELOW   only calls on files below this folder count (absolute path, `/` at the end)
 *   FAIL_WITHIN  and only those with this in the rest of their path
 *   FAIL_KIND    `change` or `read`: which calls count
 *   FAIL_AT      the call that fails, from 1; 0 only counts
 *   FAIL_WITH    number of the error
 *   FAIL_AFTER   1: the call takes effect and fails all the same, as can happen on a disk behind a network
 *   FAIL_ON      1: all calls from there on fail
 *   FAIL_LOG     where the calls are written: number, name, path
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { READ, CHANGE };
enum verdict { SOUND, BEFORE, AFTER };

static const char *below = "", *within = "";
static char here[PATH_MAX];
static enum kind counted;
static long at, with;
static int after, on, record = -1;
static atomic_long number;

static long setting(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
    const char *kind = getenv("FAIL_KIND"), *log = getenv("FAIL_LOG");
    below = getenv("FAIL_BELOW") ? getenv("FAIL_BELOW") : "";
    within = getenv("FAIL_WITHIN") ? getenv("FAIL_WITHIN") : "";
    counted = kind && strcmp(kind, "change") == 0 ? CHANGE : READ;
    at = setting("FAIL_AT");
    with = setting("FAIL_WITH");
    after = setting("FAIL_AFTER") != 0;
    on = setting("FAIL_ON") != 0;
    if (!getcwd(here, sizeof here)) here[0] = 0;
    if (log) record = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Counts a call on an absolute path, and says how it fails. */
static enum verdict judge(enum kind kind, const char *call, const char *path) {
    if (kind != counted || !*below || strncmp(path, below, strlen(below)) != 0) return SOUND;
    if (!strstr(path + strlen(below), within)) return SOUND;
    long this = atomic_fetch_add(&number, 1) + 1;
    if (record >= 0) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%ld %s %s\n", this, call, path + strlen(below));
        if (length > 0) syscall(SYS_write, record, line, (size_t)length);
    }
    if (at == 0 || this < at || (this > at && !on)) return SOUND;
    return after ? AFTER : BEFORE;
}

static enum verdict of_fd(enum kind kind, const char *call, int fd) {
    int before = errno;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    errno = before;
    if (length < 0) return SOUND;
    path[length] = 0;
    return judge(kind, call, path);
}

static enum verdict of_path(enum kind kind, const char *call, int folder, const char *path) {
    char base[PATH_MAX], whole[2 * PATH_MAX];
    if (!path || !*path) return folder >= 0 ? of_fd(kind, call, folder) : SOUND;
    if (*path == '/') return judge(kind, call, path);
    while (strncmp(path, "./", 2) == 0) path += 2;
    if (folder == AT_FDCWD) {
        snprintf(whole, sizeof whole, "%s/%s", here, path);
    } else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
        if (length < 0) return SOUND;
        base[length] = 0;
        snprintf(whole, sizeof whole, "%s/%s", base, path);
    }
    return judge(kind, call, whole);
}

/* The call itself, or its failure; `bad` is what stands for a failure. */
#define WRAP(type, bad, name, parameters, arguments, judged)      \
    type name parameters {                                        \
        static type(*real) parameters;                            \
        if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name);     \
        enum verdict how = judged;                                \
        type done = bad;                                          \
        if (how != BEFORE) done = real arguments;                 \
        if (how == SOUND) return done;                            \
        errno = (int)with;                                        \
        return bad;                                               \
    }

/* An open that takes effect and fails would leave its descriptor open for ever: it fails before. */
#define WRAP_OPEN(name, parameters, arguments, folder)                                            \
    int name parameters {                                                                         \
        static int(*real) parameters;                                                             \
        if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name);                                     \
        va_list rest;                                                                             \
        va_start(rest, flags);                                                                    \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                   \
        va_end(rest);                                                                             \
        enum kind kind = flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC) ? CHANGE : READ;         \
        if (of_path(kind, "open", folder, path) == SOUND) return real arguments;                  \
        errno = (int)with;                                                                        \
        return -1;                                                                                \
    }

WRAP_OPEN(open, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
WRAP_OPEN(open64, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
WRAP_OPEN(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), folder)
WRAP_OPEN(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), folder)

WRAP(DIR *, NULL, opendir, (const char *path), (path), of_path(READ, "opendir", AT_FDCWD, path))
WRAP(struct dirent64 *, NULL, readdir64, (DIR * folder), (folder), of_fd(READ, "readdir", dirfd(folder)))
WRAP(ssize_t, -1, read, (int fd, void *to, size_t size), (fd, to, size), of_fd(READ, "read", fd))
WRAP(ssize_t, -1, pread64, (int fd, void *to, size_t size, off64_t from), (fd, to, size, from), of_fd(READ, "pread", fd))
WRAP(int, -1, statx, (int folder, const char *path, int flags, unsigned mask, struct statx *to),
     (folder, path, flags, mask, to), of_path(READ, "statx", folder, path))

WRAP(ssize_t, -1, write, (int fd, const void *from, size_t size), (fd, from, size), of_fd(CHANGE, "write", fd))
WRAP(ssize_t, -1, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count), of_fd(CHANGE, "write", fd))
WRAP(ssize_t, -1, pwrite64, (int fd, const void *from, size_t size, off64_t to), (fd, from, size, to), of_fd(CHANGE, "write", fd))
WRAP(ssize_t, -1, copy_file_range, (int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags),
     (in, from, out, to, size, flags), of_fd(CHANGE, "copy", out))
WRAP(ssize_t, -1, sendfile64, (int out, int in, off64_t *from, size_t size), (out, in, from, size), of_fd(CHANGE, "copy", out))
WRAP(int, -1, fsync, (int fd), (fd), of_fd(CHANGE, "fsync", fd))
WRAP(int, -1, fdatasync, (int fd), (fd), of_fd(CHANGE, "fsync", fd))
WRAP(int, -1, fchmod, (int fd, mode_t mode), (fd, mode), of_fd(CHANGE, "chmod", fd))
WRAP(int, -1, flock, (int fd, int deed), (fd, deed), of_fd(CHANGE, "flock", fd))
WRAP(int, -1, ftruncate64, (int fd, off64_t size), (fd, size), of_fd(CHANGE, "truncate", fd))
WRAP(int, -1, rename, (const char *from, const char *to), (from, to), of_path(CHANGE, "rename", AT_FDCWD, to))
WRAP(int, -1, link, (const char *from, const char *to), (from, to), of_path(CHANGE, "link", AT_FDCWD, to))
WRAP(int, -1, linkat, (int folder, const char *from, int other, const char *to, int flags), (folder, from, other, to, flags),
     of_path(CHANGE, "link", other, to))
WRAP(int, -1, mkdir, (const char *path, mode_t mode), (path, mode), of_path(CHANGE, "mkdir", AT_FDCWD, path))
WRAP(int, -1, unlink, (const char *path), (path), of_path(CHANGE, "unlink", AT_FDCWD, path))
WRAP(int, -1, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), of_path(CHANGE, "unlink", folder, path))
WRAP(int, -1, rmdir, (const char *path), (path), of_path(CHANGE, "unlink", AT_FDCWD, path))
