// What Swift's Glibc module leaves out of Linux, and the few calls whose C macros or
// variadic arguments Swift cannot import.

#ifndef CLINUX_H
#define CLINUX_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/types.h>

/// CPU time of the calling thread in nanoseconds, from getrusage(2) with RUSAGE_THREAD.
struct clinux_cpu_time {
  uint64_t user_ns;
  uint64_t system_ns;
};

/// Returns 0, or an errno.
int clinux_thread_cpu_time(struct clinux_cpu_time *time);

/// epoll_ctl(2) with the user data as one 64-bit number. Returns 0, or an errno.
int clinux_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t data);

/// epoll_pwait2(2) without a signal mask; a negative timeout waits for ever. Returns the number of events, or -1 with
/// errno set.
int clinux_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout_ns);

/// The number that clinux_epoll_control was given for this event.
static inline uint64_t clinux_event_data(const struct epoll_event *event) { return event->data.u64; }

/// Lets the timers of the calling thread fire at their instant instead of up to 50 us later.
void clinux_sharpen_timers(void);

/// How a child process is to run. Text is terminated by zero, lists by NULL.
struct clinux_spawn {
  const char *path;
  char *const *arguments;
  char *const *environment;
  const char *directory;
  int standard_input;
  int standard_output;
  int standard_error;
  /// The signal that the child gets when the thread that starts it ends; 0 for none.
  int death_signal;
  /// Whether to become `user` and `group`, without supplementary groups.
  int changes_user;
  uid_t user;
  gid_t group;
  /// Whether it and its children gain no privileges by what they run, and have no capabilities.
  int is_confined;
  /// Folders that it may not pass, and those below them that it needs; NULL for none. It sees an empty folder in the place
  /// of each of the first, and in it the second, which it cannot change: in a mount namespace of its own, which takes
  /// CAP_SYS_ADMIN.
  char *const *closed;
  char *const *visible;
};

/// Starts a child in a session of its own, with default signal handling and no descriptors but the
/// three given. Between fork(2) and execve(2) only async-signal-safe calls are made. Returns 0, or the
/// errno of the call that failed; no child is left then.
int clinux_spawn(const struct clinux_spawn *spawn, pid_t *child);

/// The CPU time of a whole process, user and system, ended threads included, from its CPU clock
/// (clock_getcpuclockid(3)). Returns 0, or an errno.
int clinux_process_cpu_time(pid_t process, uint64_t *nanoseconds);

/// What the server's end of a connection over the loopback interface, from port `client` to port `server` of IPv4, has received
/// and not read, in bytes (sock_diag(7)). Returns 0, or an errno: ENOENT where there is no such connection, or the kernel has no
/// such diagnosis.
int clinux_unread_bytes(uint16_t server, uint16_t client, uint32_t *bytes);

/// Confines the calling thread, and what it starts from now on, to one processor. Returns 0 or an errno.
int clinux_pin_to_core(int core);

/// pipe2(2) with O_CLOEXEC: the reading end, then the writing end. Returns 0, or an errno.
int clinux_pipe(int descriptors[2]);

/// The parent that this process was started by.
pid_t clinux_first_parent(void);

/// Leaves the variables whose names begin with `prefix` out of this process's environment. The list that was in force is
/// not changed, so that a thread that reads it at this moment reads on undisturbed. Returns 0, or an errno.
int clinux_forget_environment(const char *prefix);

/// Runs the speed probe once: about 12 µs of the same straight-line arithmetic each time, some 20 KB of code that uses no
/// data but its constants. Returns the CPU time that this thread needed, in nanoseconds; 0 where the clock does not tell.
uint64_t clinux_run_speed_probe(void);

#endif
