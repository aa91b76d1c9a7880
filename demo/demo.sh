#!/usr/bin/env bash
# The main job in a minute: true stories of mail that was disturbed on its way, each played again
# between a real sender and a real receiver (the built-in ones) with the proxy in between. For each:
# the journal in words, what the sender saw, and what the receiver got.
# Needs SMTPCHAOS_BIN, the built program; everything else is made in a folder that goes away.
set -euo pipefail

program=${SMTPCHAOS_BIN:?the path of the built program}
folder=$(mktemp -d)
started=()

stop_all()
{
    local pid
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    started=()
}
trap 'stop_all; rm -rf "$folder"' EXIT

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
else
    bold='' dim='' plain=''
fi

# begin COMMAND…: starts the program and waits until it says where it listens; sets `address`.
begin()
{
    local log=$folder/$1.log
    : >"$log"
    "$program" "$@" >/dev/null 2>"$log" &
    started+=($!)
    until address=$(sed -n 's/.*listening on \([0-9.:]*\).*/\1/p' "$log") && [ -n "$address" ]; do
        kill -0 "${started[-1]}" 2>/dev/null || { cat "$log" >&2; exit 1; }
    done
}

# The words as one would type them: what is no option stands in quotes.
quoted()
{
    local word
    for word in "$@"; do
        case $word in
            --*) printf '%s ' "$word" ;;
            *) printf "'%s' " "$word" ;;
        esac
    done
}

# The journal but for its head and the lines of the EHLO reply.
show_journal()
{
    sed -nE '/^[0-9:.]+ #/{/<-- 250-/!{s/(.{150}).*/\1…/;p}}' "$folder/journal" |
        sed "s/^/   $dim/; s/\$/$plain/"
}

# story TITLE SENDER-OPTIONS -- PROXY-OPTIONS: plays one.
story()
{
    local title=$1 sender=() receiver
    shift
    while [ "$1" != -- ]; do
        sender+=("$1")
        shift
    done
    shift
    printf '\n%s== %s%s\n' "$bold" "$title" "$plain"
    rm -rf "$folder/inbox"
    begin sink --listen 127.0.0.1:0 --maildir "$folder/inbox"
    receiver=$address
    begin proxy --listen 127.0.0.1:0 --upstream "$receiver" --seed 4 \
        --journal "$folder/journal" --journal-format text "$@"
    printf '   %ssmtpchaos proxy --upstream RECEIVER %s%s\n' "$dim" "$(quoted "$@")" "$plain"
    "$program" send --connect "$address" --from ann@sender.test --to bob@receiver.test \
        --helo sender.test "${sender[@]}" >"$folder/saw" 2>&1 || true
    stop_all
    show_journal
    rm -f "$folder/journal"
    printf '%s   the sender saw:%s\n' "$bold" "$plain"
    sed -nE '/^sent|latency|delivered +0/!s/^ */      /p' "$folder/saw"
    printf '%s   the receiver got:%s %s\n' "$bold" "$plain" "$(count_messages)"
}

count_messages()
{
    local messages
    messages=$(find "$folder" -path '*/inbox/new/*' -type f | wc -l)
    case $messages in
        0) echo "nothing" ;;
        1) echo "one message" ;;
        *) echo "$messages messages" ;;
    esac
}

story "Nothing in the way: the wire" --

story "A firewall answers 554 in the server's place (Check Point, 2010)" \
    -- --profile checkpoint-permanent-scan-failure

story "A relay ends mail with LF . CRLF: both sides wait until one gives up (Exchange add-on)" \
    --timeout 3s -- --profile exchange-lf-dot

story "Greylisting, and a sender that comes back after three seconds" \
    --retry 2 --retry-after 3s \
    -- --rule 'to server command RCPT greylist wait=2s reply="451 4.7.1 Greylisted"'

story "Greylisting, and a sender that takes 4xx for final: the mail is lost" \
    -- --profile greylist-variants

story "Exchange lets refusals wait five seconds (tarpit)" \
    -- --rule 'to server command RCPT answer reply="550 5.1.1 User unknown"' \
    --profile exchange-tarpit

story "Exchange is short of resources and says so in place of its greeting (back pressure)" \
    -- --profile exchange-back-pressure

story "Exchange refuses a name that ends in a dot, in EHLO and in HELO" \
    --helo sender.test. -- --profile exchange-ehlo-501

story "The final 250 is lost: the sender sends again, and the mail is doubled (RFC 1047)" \
    --timeout 2s --retry 1 --retry-after 1s -- --profile lost-final-250:once

printf '\n%sThat was all built in. `smtpchaos list profiles` shows more,%s\n' "$bold" "$plain"
printf '%s`smtpchaos explain NAME` tells where each comes from, and README.md%s\n' "$bold" "$plain"
printf '%show to put the proxy into your own mail path.%s\n' "$bold" "$plain"
