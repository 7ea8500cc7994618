#define _GNU_SOURCE
#include "CFloor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
  most_events = 512,
  head_limit = 16384,
  answer_timeout_ms = 10000,
  // An answer is over when nothing has come for so long.
  silence_ms = 300,
};

struct connection {
  int descriptor;
  /// The SO_RCVLOWAT that is set.
  int wakes_at;
  size_t received;
};

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// Requests are short, and go out whole into a socket that has room.
static int send_whole(int descriptor, const void *bytes, size_t length) {
  ssize_t sent = send(descriptor, bytes, length, MSG_NOSIGNAL);
  if (sent == (ssize_t)length) return 0;
  return sent < 0 ? errno : EMSGSIZE;
}

// While the connection still blocks.
static int open_connection(const struct cfloor_task *task, int *descriptor) {
  *descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (*descriptor < 0) return errno;
  int one = 1;
  setsockopt(*descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(task->port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(*descriptor, (struct sockaddr *)&address, sizeof address) != 0) return errno;
  if (task->opening_length == 0) return 0;

  int failed = send_whole(*descriptor, task->opening, task->opening_length);
  if (failed) return failed;
  char head[head_limit + 1];
  size_t length = 0;
  head[0] = 0;
  while (!strstr(head, "\r\n\r\n")) {
    struct pollfd readable = {.fd = *descriptor, .events = POLLIN};
    if (length == head_limit || poll(&readable, 1, answer_timeout_ms) <= 0) return cfloor_silent;
    ssize_t got = recv(*descriptor, head + length, head_limit - length, 0);
    if (got <= 0) return got < 0 ? errno : cfloor_closed;
    length += (size_t)got;
    head[length] = 0;
  }
  return 0;
}

// What the first answer has in bytes, all of them have: it is read until nothing more comes.
static int learn_length(const struct cfloor_task *task, int descriptor, void *buffer, uint64_t *length) {
  int failed = send_whole(descriptor, task->request, task->request_length);
  if (failed) return failed;
  *length = 0;
  struct pollfd readable = {.fd = descriptor, .events = POLLIN};
  while (poll(&readable, 1, *length == 0 ? answer_timeout_ms : silence_ms) > 0) {
    ssize_t got = recv(descriptor, buffer, task->buffer_length, 0);
    if (got <= 0) return got < 0 ? errno : cfloor_closed;
    *length += (uint64_t)got;
  }
  return *length > 0 ? 0 : cfloor_silent;
}

static void wake_at(struct connection *connection, size_t bytes) {
  if (connection->wakes_at == (int)bytes) return;
  connection->wakes_at = (int)bytes;
  setsockopt(connection->descriptor, SOL_SOCKET, SO_RCVLOWAT, &connection->wakes_at, sizeof connection->wakes_at);
}

// Takes what has come, and asks again where that was the end of an answer.
static int take(
  const struct cfloor_task *task, struct connection *connection, void *buffer, struct cfloor_result *result
) {
  while (1) {
    ssize_t got = recv(connection->descriptor, buffer, task->buffer_length, 0);
    if (got < 0 && errno == EAGAIN) return 0;
    if (got <= 0) return got < 0 ? errno : cfloor_closed;
    connection->received += (size_t)got;
    if (connection->received > result->answer_length) return cfloor_other_length;
    if (connection->received == result->answer_length) {
      result->answers++;
      connection->received = 0;
      wake_at(connection, 1);
      return send_whole(connection->descriptor, task->request, task->request_length);
    }
    size_t rest = result->answer_length - connection->received;
    wake_at(connection, rest < task->much ? rest : task->much);
    // Fewer bytes than there is room for: the socket is empty.
    if ((size_t)got < task->buffer_length) return 0;
  }
}

static int watch(int epoll, int descriptor, uint64_t data) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.u64 = data}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

// Opens the connections, and watches them and the timer, which has the number after the last of them.
static int prepare(
  const struct cfloor_task *task, struct connection *connections, int epoll, int timer, void *buffer,
  struct cfloor_result *result
) {
  for (int index = 0; index < task->connections; index++) {
    struct connection *connection = &connections[index];
    int failed = open_connection(task, &connection->descriptor);
    if (failed) return failed;
    if (index == 0) {
      failed = learn_length(task, connection->descriptor, buffer, &result->answer_length);
      if (failed) return failed;
    }
    int on = 1;
    if (ioctl(connection->descriptor, FIONBIO, &on) != 0) return errno;
    connection->wakes_at = 1;
    failed = watch(epoll, connection->descriptor, (uint64_t)index);
    if (failed) return failed;
  }
  struct itimerspec time = {.it_value = {
    .tv_sec = (time_t)(task->duration_ns / 1000000000u), .tv_nsec = (long)(task->duration_ns % 1000000000u)}};
  if (timerfd_settime(timer, 0, &time, NULL) != 0) return errno;
  return watch(epoll, timer, (uint64_t)task->connections);
}

static int load(
  const struct cfloor_task *task, struct connection *connections, int epoll, void *buffer,
  struct cfloor_result *result
) {
  for (int index = 0; index < task->connections; index++) {
    int failed = send_whole(connections[index].descriptor, task->request, task->request_length);
    if (failed) return failed;
  }
  struct epoll_event events[most_events];
  while (1) {
    int count = epoll_wait(epoll, events, most_events, -1);
    if (count < 0 && errno != EINTR) return errno;
    for (int index = 0; index < count; index++) {
      if (events[index].data.u64 == (uint64_t)task->connections) return 0;
      int failed = take(task, &connections[events[index].data.u64], buffer, result);
      if (failed) return failed;
    }
  }
}

int cfloor_run(const struct cfloor_task *task, struct cfloor_result *result) {
  struct connection *connections = calloc((size_t)task->connections, sizeof *connections);
  void *buffer = NULL;
  int memory = posix_memalign(&buffer, 4096, task->buffer_length);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  int failed = !connections || memory != 0 ? ENOMEM : epoll < 0 || timer < 0 ? errno : 0;
  for (int index = 0; connections && index < task->connections; index++) connections[index].descriptor = -1;

  memset(result, 0, sizeof *result);
  if (!failed) failed = prepare(task, connections, epoll, timer, buffer, result);
  if (!failed) {
    uint64_t start = now_ns();
    failed = load(task, connections, epoll, buffer, result);
    result->duration_ns = now_ns() - start;
  }

  for (int index = 0; connections && index < task->connections; index++) {
    if (connections[index].descriptor >= 0) close(connections[index].descriptor);
  }
  if (timer >= 0) close(timer);
  if (epoll >= 0) close(epoll);
  free(buffer);
  free(connections);
  return failed;
}
