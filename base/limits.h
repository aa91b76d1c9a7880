/* limits: every bound in one place. Options may move those marked "option"; the manual quotes the
 * defaults from here. */
#ifndef SMTPCHAOS_BASE_LIMITS_H
#define SMTPCHAOS_BASE_LIMITS_H

/* Bytes of payload in one chunk of a chain: as many as the largest record of TLS has (RFC 8446
 * section 5.1), so that none is cut in two. */
#define CHUNK_SIZE 16384
/* Chunks a pool keeps for reuse before it gives memory back. */
#define POOL_SPARE_MAX 256
/* Chunks a pool hands out before reading stops (option --max-memory, in chunks): 1 GiB; and the
 * fewest that the option may leave a worker. */
#define POOL_CHUNKS_MAX 65536
#define MEMORY_CHUNKS_MIN 64

/* A lane stops reading above the first and goes on below the second, bytes held in the lane; an
 * event that waits for its end (--max-line, REPLY_MAX) is not counted. */
#define LANE_HIGH_WATER (256 * 1024)
#define LANE_LOW_WATER (64 * 1024)
/* Heap of a session that waits with nothing under way, in bytes; a test holds it to that. */
#define SESSION_IDLE_MAX 8192

/* Option --max-line: bytes of one line that rules see; longer lines pass unseen. RFC 5321 4.5.3.1
 * asks for 512 and 1000; real lines are far longer. */
#define MAX_LINE_DEFAULT 65536
#define MAX_LINE_MIN 64
#define MAX_LINE_MAX (1024 * 1024)
/* Bytes of a multi-line reply that rules see. */
#define REPLY_MAX (128 * 1024)
/* Bytes sent ahead of a reply that decides what they mean (behind DATA, STARTTLS, AUTH). */
#define EARLY_BYTES_MAX (64 * 1024)
/* Commands of one session that wait for their reply. */
#define PENDING_MAX 4096
/* Lines in a row that are no replies before a session turns opaque. */
#define NOT_REPLIES_MAX 16
/* Places at which TCP cut the bytes of one direction that are remembered, where a rule asks. */
#define CUTS_KEPT_MAX 1024
/* Recipients of one message whose addresses are remembered, and the bytes of one address. */
#define RECIPIENTS_MAX 1000
#define ADDRESS_MAX 512

/* TLS: bytes on the wire that one end may hold in each direction, and how many of its own it makes
 * before it waits for them to leave; buffers that a thread keeps for reuse. */
#define TLS_BUFFER_SIZE (96 * 1024)
#define TLS_SEND_MAX (64 * 1024)
#define TLS_SPARE_BUFFERS_MAX 64

/* Rules in one run, parameters of one mutator, bytes of one rule line and of one profile. */
#define RULES_MAX 4096
#define PARAMS_MAX 16
#define RULE_LINE_MAX 8192
#define PROFILE_SIZE_MAX (1024 * 1024)
/* The weight of one rule among its neighbours. */
#define WEIGHT_MAX 1000000
/* Bytes of one transcript, and times that one step repeats a byte. */
#define TRANSCRIPT_SIZE_MAX (8 * 1024 * 1024)
#define TRANSCRIPT_REPEAT_MAX (1024 * 1024)
/* Copies that the mutator `repeat` makes of one event, and the bytes of all of them. */
#define REPEAT_MAX 100
#define REPEAT_BYTES_MAX (1024 * 1024)
/* Bytes of one mail that `hold` keeps back. */
#define HOLD_BYTES_MAX (16 * 1024 * 1024)
/* Bytes of a configuration file. */
#define CONFIG_SIZE_MAX (1024 * 1024)
/* PCRE2's match and depth limits: a hostile pattern costs milliseconds, not minutes. */
#define PCRE_MATCH_LIMIT 100000
#define PCRE_DEPTH_LIMIT 1000
/* Items of a pattern tried and bytes passed over, for all beginnings of a match together. */
#define PCRE_STEPS_MAX 5000000
/* Entries of the memory that counters and greylists share across sessions. */
#define RECALL_ENTRIES_MAX 100000

/* Certificates that are kept once minted, days that one of them holds, and alternative names that
 * one takes over from the upstream's. */
#define LEAVES_MAX 256
#define LEAF_DAYS 90
#define CERTIFICATE_NAMES_MAX 100
/* Option --days of `smtpchaos ca`. */
#define AUTHORITY_DAYS_DEFAULT 3650
#define AUTHORITY_DAYS_MAX 36500
/* Bytes of a file of certificates and keys. */
#define PEM_SIZE_MAX (1024 * 1024)

/* Bytes of one struct text when it names no bound of its own. */
#define TEXT_MAX (16 * 1024 * 1024)
/* Bytes of a person's word that a message quotes. */
#define TEXT_QUOTED_MAX 64
/* Bytes of a line that the journal shows; the rest is counted. */
#define JOURNAL_LINE_MAX 2048
/* What a worker gathers of journal and capture is handed to the threads that write it after so many
 * milliseconds, and twice as many where nothing else happens; no fewer, since a timer that is due
 * before the kernel's own next tick costs a worker more than a line does. Bytes of journal that
 * make it hand over sooner, and of journal or capture that may wait for a slow file; what comes on
 * top is lost and counted. */
#define GATHER_MS 5
#define JOURNAL_FLUSH_SIZE (128 * 1024)
#define JOURNAL_BACKLOG_MAX (64 * 1024 * 1024)
/* The same of a capture, and bytes of plain text in one of its packets. */
#define PCAP_FLUSH_SIZE (256 * 1024)
#define PCAP_PAYLOAD_MAX 32768

/* Bytes of one session's recording; of one that a session gathers before it hands them over; and of
 * all that may wait for a slow disk. What comes on top is not recorded, and the file says so. */
#define RECORDING_SIZE_MAX (64 * 1024 * 1024)
#define RECORDING_FLUSH_SIZE (16 * 1024)
#define RECORDING_BACKLOG_MAX (64 * 1024 * 1024)

/* The built-in receiver: bytes of one command line, bytes of replies that wait before it stops
 * reading, and seconds of silence before it says 421 (RFC 5321 4.5.3.2.7). */
#define RECEIVER_LINE_MAX 4096
#define RECEIVER_HIGH_WATER (64 * 1024)
#define RECEIVER_TIMEOUT_S 300
/* Bytes of a message that wait in memory before they are written to its file. */
#define MAILDIR_WAITING_MAX (256 * 1024)
/* The built-in sender: bytes of mail it holds ready to leave, and of a reply's text it
 * remembers. */
#define SENDER_HIGH_WATER (256 * 1024)
#define SENDER_REASON_MAX 512
/* Option --connections of `smtpchaos send`. */
#define SEND_CONNECTIONS_MAX 10000

/* Options --max-sessions, --connect-timeout, --idle-timeout (seconds). RFC 5321 4.5.3.2.7 lets a
 * server drop a client after five minutes; a wire must outlast both peers' own timers. */
#define MAX_SESSIONS_DEFAULT 10000
#define MAX_SESSIONS_MAX 1000000
#define CONNECT_TIMEOUT_DEFAULT_S 30
#define IDLE_TIMEOUT_DEFAULT_S 3600
/* Option --tls-timeout (seconds): a handshake that takes longer has failed. */
#define TLS_TIMEOUT_DEFAULT_S 30
/* How long the peers' own ends are awaited once both legs have been ended (seconds). */
#define LINGER_S 5
/* Option --accept-proxy: bytes of a PROXY header of version 2, and how long it may take to come
 * (seconds). */
#define PROXY_HEADER_MAX 4096
#define PROXY_HEADER_TIMEOUT_S 10
/* Where servers are chosen by recipient: bytes that wait for one side before the other is not read
 * from any more. */
#define SORTING_HIGH_WATER (64 * 1024)
/* Options --listen, --upstream and --workers. */
#define LISTEN_MAX 64
#define UPSTREAMS_MAX 64
#define WORKERS_MAX 64

#endif
