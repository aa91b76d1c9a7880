/* address: the places that options name: HOST:PORT, [V6]:PORT, :PORT, unix:PATH and some words, and
 * how the kernel's socket addresses are written. Turning a host's name into numbers is left to
 * lookup.h and listener.h. */
#ifndef SMTPCHAOS_PROXY_ADDRESS_H
#define SMTPCHAOS_PROXY_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/span.h"
#include "base/text.h"

enum address_kind {
    ADDRESS_INET, /* host and port */
    ADDRESS_UNIX, /* path */
    ADDRESS_SINK, /* the receiver that is built in */
    /* Words that only some options take: */
    ADDRESS_ORIGINAL, /* where an intercepted connection was going */
    ADDRESS_SYSTEMD   /* the sockets that a service manager hands over */
};

/* RFC 1035 section 2.3.4 with its NUL, and what struct sockaddr_un holds. */
#define ADDRESS_HOST_SIZE 256
#define ADDRESS_PATH_SIZE 108

struct address {
    enum address_kind kind;
    bool is_tls;                  /* `smtps:` stands before it: TLS comes before any byte */
    char host[ADDRESS_HOST_SIZE]; /* a name or number, without brackets; "" for `:PORT` */
    uint16_t port;
    char path[ADDRESS_PATH_SIZE];
};

/* Reads an address. On failure false, with a clause in `error` such as `"mx" has no port`. */
bool address_parse(struct address *address, struct span text, struct text *error);
/* Writes it as address_parse reads it. */
void address_format(const struct address *address, struct text *out);

/* Room for every socket address, aligned for each of them. */
struct socket_address {
    struct sockaddr_storage storage;
    socklen_t size; /* bytes in use */
};

/* True when both name the same place in the same words. */
bool address_equal(const struct address *one, const struct address *other);
/* True for hosts and paths, false for words. */
bool address_is_place(const struct address *address);
/* Fills in a host that is a number, or a path; false when the host is a name or empty. */
bool address_to_socket(const struct address *address, struct socket_address *out);
/* Writes `192.0.2.1:25`, `[2001:db8::1]:25`, `unix:PATH`; `unix` for a socket without a name. */
void socket_address_format(const struct socket_address *address, struct text *out);
/* Writes the host's number alone: `192.0.2.1`, `2001:db8::1`; nothing for a Unix socket. */
void socket_address_format_host(const struct socket_address *address, struct text *out);
/* The port; 0 for a Unix socket. */
uint16_t socket_address_port(const struct socket_address *address);
void socket_address_set_port(struct socket_address *address, uint16_t port);
/* True when both are the same host and port; an IPv4 address and the IPv6 address that it is mapped
 * to are. */
bool socket_address_equal(const struct socket_address *one, const struct socket_address *other);
/* An IPv6 address that stands for an IPv4 one becomes that one. */
void socket_address_unmap(struct socket_address *address);
/* True for 0.0.0.0 and ::. */
bool socket_address_is_any(const struct socket_address *address);
/* True for 127.0.0.0/8, ::1 and Unix sockets. */
bool socket_address_is_loopback(const struct socket_address *address);

#endif
