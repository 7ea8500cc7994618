#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int clinux_thread_cpu_time(struct clinux_cpu_time *time) {
  struct rusage usage;
  if (getrusage(RUSAGE_THREAD, &usage) != 0) return errno;
  time->user_ns = (uint64_t)usage.ru_utime.tv_sec * 1000000000u + (uint64_t)usage.ru_utime.tv_usec * 1000u;
  time->system_ns = (uint64_t)usage.ru_stime.tv_sec * 1000000000u + (uint64_t)usage.ru_stime.tv_usec * 1000u;
  return 0;
}

int clinux_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data = {.u64 = data}};
  return epoll_ctl(epoll, operation, descriptor, &event) == 0 ? 0 : errno;
}

int clinux_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout_ns) {
  struct timespec timeout = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
  return epoll_pwait2(epoll, events, capacity, timeout_ns < 0 ? NULL : &timeout, NULL);
}

void clinux_sharpen_timers(void) { prctl(PR_SET_TIMERSLACK, 1UL); }

// Makes a folder and those above it.
static int make_folders(const char *path) {
  char part[PATH_MAX];
  size_t length = strlen(path);
  if (length >= sizeof part) return ENAMETOOLONG;
  for (size_t index = 1; index <= length; index++) {
    if (path[index] != '/' && path[index] != 0) continue;
    memcpy(part, path, index);
    part[index] = 0;
    if (mkdir(part, 0755) != 0 && errno != EEXIST && errno != EROFS) return errno;
  }
  return 0;
}

// In the child. Returns the errno of what failed.
static int show_only_what_is_needed(const struct clinux_spawn *spawn) {
  enum { most = 16 };
  int folders[most], count = 0;
  if (unshare(CLONE_NEWNS) != 0) return errno;
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return errno;
  for (; spawn->visible[count]; count++) {
    if (count == most) return E2BIG;
    folders[count] = open(spawn->visible[count], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folders[count] < 0) return errno;
  }
  for (char *const *closed = spawn->closed; *closed; closed++) {
    if (mount("tmpfs", *closed, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=256k") != 0) return errno;
  }
  for (int index = 0; index < count; index++) {
    const char *path = spawn->visible[index];
    char source[] = "/proc/self/fd/00000";
    for (int place = sizeof source - 2, rest = folders[index]; place >= (int)sizeof source - 6; place--, rest /= 10) {
      source[place] = (char)('0' + rest % 10);
    }
    // The kernel takes no zeros in front.
    char *digits = source + sizeof source - 6;
    while (*digits == '0' && digits[1]) memmove(digits, digits + 1, strlen(digits));
    int failed = make_folders(path);
    if (failed) return failed;
    if (mount(source, path, NULL, MS_BIND, NULL) != 0) return errno;
    if (mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0) return errno;
    close(folders[index]);
  }
  return 0;
}

// In the child, once it is who it is to be: nothing is left of capabilities.
static int give_up_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
  if (syscall(SYS_capset, &header, none) != 0) return errno;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

// In the child. Ends in the new program, or returns the errno of what failed.
static int become(const struct clinux_spawn *spawn, pid_t parent, int *report) {
  // Out of the way of 0, 1, 2 and of each other before they are put in place.
  int input = fcntl(spawn->standard_input, F_DUPFD, 10);
  int output = fcntl(spawn->standard_output, F_DUPFD, 10);
  int error = fcntl(spawn->standard_error, F_DUPFD, 10);
  if (input < 0 || output < 0 || error < 0) return errno;
  if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(error, 2) < 0) return errno;
  if (*report != 3 && dup3(*report, 3, O_CLOEXEC) < 0) return errno;
  *report = 3;
  if (syscall(SYS_close_range, 4u, ~0u, 0u) != 0) {
    for (int descriptor = 4; descriptor < 65536; descriptor++) close(descriptor);
  }

  if (setsid() < 0) return errno;
  if (spawn->closed && spawn->closed[0]) {
    int failed = show_only_what_is_needed(spawn);
    if (failed) return failed;
  }
  if (spawn->directory && chdir(spawn->directory) != 0) return errno;
  if (spawn->changes_user) {
    // Those that the kernel does not know are an error, and the last.
    if (spawn->is_confined) {
      for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++) {}
    }
    if (setgroups(0, NULL) != 0) return errno;
    if (setresgid(spawn->group, spawn->group, spawn->group) != 0) return errno;
    if (setresuid(spawn->user, spawn->user, spawn->user) != 0) return errno;
  }
  if (spawn->is_confined) {
    int failed = give_up_capabilities();
    if (failed) return failed;
  }
  // After the change of user, which clears it.
  if (spawn->death_signal) {
    if (prctl(PR_SET_PDEATHSIG, spawn->death_signal) != 0) return errno;
    if (getppid() != parent) return ESRCH;
  }

  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(spawn->path, spawn->arguments, spawn->environment);
  return errno;
}

int clinux_spawn(const struct clinux_spawn *spawn, pid_t *child) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return errno;

  // No handler of the parent may run in the child.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid();
  pid_t process = fork();
  int forked = errno;
  if (process == 0) {
    int failed = become(spawn, parent, &report[1]);
    ssize_t written = write(report[1], &failed, sizeof failed);
    _exit(written == sizeof failed ? 127 : 126);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (process < 0) {
    close(report[0]);
    return forked;
  }

  // The pipe closes without a word when the new program runs.
  int failed = 0;
  ssize_t count;
  do count = read(report[0], &failed, sizeof failed);
  while (count < 0 && errno == EINTR);
  close(report[0]);
  if (count == sizeof failed) {
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
    return failed;
  }
  *child = process;
  return 0;
}

int clinux_process_cpu_time(pid_t process, uint64_t *nanoseconds) {
  clockid_t clock;
  int failed = clock_getcpuclockid(process, &clock);
  if (failed != 0) return failed;
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return errno;
  *nanoseconds = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
  return 0;
}

int clinux_pin_to_core(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : errno;
}

int clinux_pipe(int descriptors[2]) {
  return pipe2(descriptors, O_CLOEXEC) == 0 ? 0 : errno;
}

int clinux_forget_environment(const char *prefix) {
  size_t length = strlen(prefix), count = 0, kept = 0;
  while (environ && environ[count]) count++;
  char **others = malloc((count + 1) * sizeof *others);
  if (!others) return ENOMEM;
  for (size_t index = 0; index < count; index++) {
    if (strncmp(environ[index], prefix, length) != 0) others[kept++] = environ[index];
  }
  others[kept] = NULL;
  __atomic_store_n(&environ, others, __ATOMIC_RELEASE);
  return 0;
}

static pid_t first_parent;

// Before anything else runs here, so that it is known also where the parent ends soon.
__attribute__((constructor)) static void remember_parent(void) { first_parent = getppid(); }

pid_t clinux_first_parent(void) { return first_parent; }
