/* address: see address.h. */
#include "proxy/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

/* Copies a span and a NUL; false when it does not fit or holds a NUL itself. */
static bool copy_string(char *to, size_t size, struct span from)
{
    if (from.len >= size || span_find(from, 0) < from.len)
        return false;
    if (from.len)
        memcpy(to, from.ptr, from.len);
    to[from.len] = 0;
    return true;
}

static bool refuse(struct text *error, struct span text, const char *why)
{
    text_addf(error, "\"");
    text_add_escaped(error, text);
    text_addf(error, "\" %s", why);
    return false;
}

static bool parse_unix(struct address *address, struct span text, struct text *error)
{
    struct span path = span_drop(text, sizeof "unix:" - 1);
    address->kind = ADDRESS_UNIX;
    if (!path.len)
        return refuse(error, text, "names no path");
    if (!copy_string(address->path, sizeof address->path, path))
        return refuse(error, text,
                      "is longer than the 107 bytes that a Unix socket's path may have");
    return true;
}

/* Cuts "host:port" at its last colon; an IPv6 number needs its brackets, or the cut is a guess. */
static bool cut_port(struct span text, struct span *host, struct span *port, struct text *error)
{
    size_t colon = text.len;
    while (colon && text.ptr[colon - 1] != ':')
        colon--;
    if (!colon || (text.ptr[0] == '[' && text.ptr[text.len - 1] == ']'))
        return refuse(error, text, "has no port; write HOST:PORT");
    *host = span_take(text, colon - 1);
    *port = span_drop(text, colon);
    if (host->len >= 2 && host->ptr[0] == '[' && host->ptr[host->len - 1] == ']')
        *host = span_drop_last(span_drop(*host, 1), 1);
    else if (span_find(*host, ':') < host->len)
        return refuse(error, text, "has too many colons; an IPv6 address is written [::1]:25");
    return true;
}

static bool parse_inet(struct address *address, struct span text, struct text *error)
{
    struct span host;
    struct span port;
    uint64_t number;
    address->kind = ADDRESS_INET;
    if (!cut_port(text, &host, &port, error))
        return false;
    if (!span_number(port, &number) || number > UINT16_MAX)
        return refuse(error, text, "has no port from 0 to 65535");
    address->port = (uint16_t)number;
    if (!copy_string(address->host, sizeof address->host, host))
        return refuse(error, text, "is longer than a host's name may be");
    return true;
}

static const struct {
    const char *word;
    enum address_kind kind;
} words[] = {
    { "sink", ADDRESS_SINK },
    { "original", ADDRESS_ORIGINAL },
    { "systemd", ADDRESS_SYSTEMD },
};

static bool parse_word(struct address *address, struct span text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (span_equal(text, span_of(words[i].word))) {
            address->kind = words[i].kind;
            return true;
        }
    }
    return false;
}

static bool parse_place(struct address *address, struct span text, struct text *error)
{
    if (parse_word(address, text))
        return true;
    if (!text.len)
        return refuse(error, text, "is no address; write HOST:PORT or unix:PATH");
    if (span_starts(text, SPAN("unix:")))
        return parse_unix(address, text, error);
    return parse_inet(address, text, error);
}

bool address_parse(struct address *address, struct span text, struct text *error)
{
    bool is_tls = span_starts(text, SPAN("smtps:"));
    *address = (struct address){ .kind = ADDRESS_SINK, .is_tls = is_tls };
    if (is_tls && span_equal(text, SPAN("smtps:sink")))
        return refuse(error, text, "is no address: the receiver that is built in speaks no TLS");
    return parse_place(address, span_drop(text, is_tls ? sizeof "smtps:" - 1 : 0), error);
}

void address_format(const struct address *address, struct text *out)
{
    text_add(out, span_of(address->is_tls ? "smtps:" : ""));
    switch (address->kind) {
    case ADDRESS_INET:
        text_addf(out, strchr(address->host, ':') ? "[%s]:%u" : "%s:%u", address->host,
                  (unsigned)address->port);
        break;
    case ADDRESS_UNIX: text_addf(out, "unix:%s", address->path); break;
    case ADDRESS_SINK: text_add(out, SPAN("sink")); break;
    case ADDRESS_ORIGINAL: text_add(out, SPAN("original")); break;
    case ADDRESS_SYSTEMD: text_add(out, SPAN("systemd")); break;
    }
}

bool address_equal(const struct address *one, const struct address *other)
{
    return one->kind == other->kind && one->port == other->port &&
           strcmp(one->host, other->host) == 0 && strcmp(one->path, other->path) == 0;
}

bool address_is_place(const struct address *address)
{
    return address->kind == ADDRESS_INET || address->kind == ADDRESS_UNIX;
}

static void to_unix(const struct address *address, struct socket_address *out)
{
    struct sockaddr_un *un = (struct sockaddr_un *)&out->storage;
    _Static_assert(sizeof un->sun_path == ADDRESS_PATH_SIZE, "the kernel's bound");
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, address->path, sizeof un->sun_path);
    out->size = sizeof *un;
}

bool address_to_socket(const struct address *address, struct socket_address *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&out->storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->storage;
    *out = (struct socket_address){ 0 };
    if (address->kind == ADDRESS_UNIX) {
        to_unix(address, out);
        return true;
    }
    if (inet_pton(AF_INET, address->host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(address->port);
        out->size = sizeof *v4;
        return true;
    }
    if (inet_pton(AF_INET6, address->host, &v6->sin6_addr) != 1)
        return false;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address->port);
    out->size = sizeof *v6;
    return true;
}

/* An IPv4 peer of a dual-stack listener is shown as what it is. */
static bool is_mapped(const struct sockaddr_in6 *v6)
{
    return IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
}

/* inet_ntop goes through printf, which each new connection would pay for several times. */
static void format_v4(const void *address, struct text *out)
{
    const uint8_t *octets = address;
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            text_add_byte(out, '.');
        text_add_number(out, octets[i]);
    }
}

void socket_address_format_host(const struct socket_address *address, struct text *out)
{
    char host[INET6_ADDRSTRLEN] = "";
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;
    if (address->storage.ss_family == AF_INET)
        format_v4(&v4->sin_addr, out);
    else if (address->storage.ss_family == AF_INET6 && is_mapped(v6))
        format_v4(&v6->sin6_addr.s6_addr[12], out);
    else if (address->storage.ss_family == AF_INET6)
        inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
    text_add(out, span_of(host));
}

static void format_unix(const struct socket_address *address, struct text *out)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)&address->storage;
    size_t size = address->size - offsetof(struct sockaddr_un, sun_path);
    bool has_name = address->size > offsetof(struct sockaddr_un, sun_path) && un->sun_path[0];
    text_add(out, SPAN("unix"));
    if (has_name)
        text_addf(out, ":%.*s", (int)strnlen(un->sun_path, size), un->sun_path);
}

void socket_address_format(const struct socket_address *address, struct text *out)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;
    if (address->storage.ss_family == AF_UNIX) {
        format_unix(address, out);
        return;
    }
    bool is_v4 = address->storage.ss_family == AF_INET;
    bool brackets = !is_v4 && !is_mapped(v6);
    if (brackets)
        text_add_byte(out, '[');
    socket_address_format_host(address, out);
    text_add(out, brackets ? SPAN("]:") : SPAN(":"));
    text_add_number(out, ntohs(is_v4 ? v4->sin_port : v6->sin6_port));
}

bool socket_address_is_loopback(const struct socket_address *address)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;
    if (address->storage.ss_family == AF_INET)
        return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    if (address->storage.ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
    return true;
}

uint16_t socket_address_port(const struct socket_address *address)
{
    if (address->storage.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)&address->storage)->sin_port);
    if (address->storage.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)&address->storage)->sin6_port);
    return 0;
}

void socket_address_set_port(struct socket_address *address, uint16_t port)
{
    if (address->storage.ss_family == AF_INET)
        ((struct sockaddr_in *)&address->storage)->sin_port = htons(port);
    else if (address->storage.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&address->storage)->sin6_port = htons(port);
}

void socket_address_unmap(struct socket_address *address)
{
    const struct sockaddr_in6 v6 = *(const struct sockaddr_in6 *)&address->storage;
    if (address->storage.ss_family != AF_INET6 || !is_mapped(&v6))
        return;
    struct sockaddr_in *v4 = (struct sockaddr_in *)&address->storage;
    *address = (struct socket_address){ .size = sizeof *v4 };
    v4->sin_family = AF_INET;
    v4->sin_port = v6.sin6_port;
    memcpy(&v4->sin_addr, &v6.sin6_addr.s6_addr[12], sizeof v4->sin_addr);
}

bool socket_address_equal(const struct socket_address *one, const struct socket_address *other)
{
    struct socket_address a = *one;
    struct socket_address b = *other;
    socket_address_unmap(&a);
    socket_address_unmap(&b);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a.storage;
    const struct sockaddr_in *other_v4 = (const struct sockaddr_in *)&b.storage;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a.storage;
    const struct sockaddr_in6 *other_v6 = (const struct sockaddr_in6 *)&b.storage;
    if (a.storage.ss_family != b.storage.ss_family ||
        socket_address_port(&a) != socket_address_port(&b))
        return false;
    if (a.storage.ss_family == AF_INET)
        return v4->sin_addr.s_addr == other_v4->sin_addr.s_addr;
    return a.storage.ss_family == AF_INET6 &&
           IN6_ARE_ADDR_EQUAL(&v6->sin6_addr, &other_v6->sin6_addr);
}

bool socket_address_is_any(const struct socket_address *address)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;
    if (address->storage.ss_family == AF_INET)
        return v4->sin_addr.s_addr == htonl(INADDR_ANY);
    return address->storage.ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
}
