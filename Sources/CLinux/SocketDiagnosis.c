#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int ask(int descriptor, uint16_t server, uint16_t client, uint32_t *bytes) {
  struct {
    struct nlmsghdr head;
    struct inet_diag_req_v2 body;
  } request = {
    .head = {.nlmsg_len = sizeof request, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
    .body = {
      .sdiag_family = AF_INET,
      .sdiag_protocol = IPPROTO_TCP,
      .idiag_states = ~0u,
      .id = {
        .idiag_sport = htons(server),
        .idiag_dport = htons(client),
        .idiag_src = {htonl(INADDR_LOOPBACK)},
        .idiag_dst = {htonl(INADDR_LOOPBACK)},
        .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
      },
    },
  };
  if (send(descriptor, &request, sizeof request, 0) < 0) return errno;
  union {
    struct nlmsghdr head;
    char bytes[8192];
  } answer;
  ssize_t count = recv(descriptor, &answer, sizeof answer, 0);
  if (count < 0) return errno;
  if (!NLMSG_OK(&answer.head, (size_t)count)) return EBADMSG;
  if (answer.head.nlmsg_type == NLMSG_ERROR) {
    if (answer.head.nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr))) return EBADMSG;
    int error = -((struct nlmsgerr *)NLMSG_DATA(&answer.head))->error;
    return error > 0 ? error : EBADMSG;
  }
  if (answer.head.nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg))) return EBADMSG;
  *bytes = ((struct inet_diag_msg *)NLMSG_DATA(&answer.head))->idiag_rqueue;
  return 0;
}

int clinux_unread_bytes(uint16_t server, uint16_t client, uint32_t *bytes) {
  int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (descriptor < 0) return errno;
  int failed = ask(descriptor, server, client, bytes);
  close(descriptor);
  return failed;
}
