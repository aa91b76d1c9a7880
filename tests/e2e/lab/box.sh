#!/bin/bash
# Builds the private file system of one mail program and becomes the first process in it. Started by
# box.py, already inside fresh mount, process and host name spaces; the network is the caller's.
#
#   box.sh HOST UNPACKED DIRECTORY LAB COMMAND...
#
# The root is the host's, overlaid with the program's unpacked packages on a tmpfs, so that paths
# compiled into the program (/etc/mail, /var/spool/smtpd, ...) belong to this box alone. Each line
# "SOURCE TARGET" of DIRECTORY/binds puts a directory of the caller's at such a path.
set -eu
host=$1 unpacked=$2 directory=$3 lab=$4
shift 4
echo "$host" >/proc/sys/kernel/hostname

stage=$directory/mnt
root=$stage/root
mkdir -p "$stage"
mount -t tmpfs -o mode=755 box "$stage"
mkdir "$stage"/{upper,work,root}
[ -d "$unpacked" ] && cp -a "$unpacked/." "$stage/upper/"
chmod 755 "$stage/upper"
mount -t overlay overlay -o "lowerdir=/,upperdir=$stage/upper,workdir=$stage/work" "$root"

add_user() { # NAME ID: a user and its group; "-" stands before what is a group only
  grep -q "^${1#-}:" "$root/etc/group" || echo "${1#-}:x:$2:" >>"$root/etc/group"
  case $1 in -*) return ;; esac
  grep -q "^$1:" "$root/etc/passwd" ||
    echo "$1:x:$2:$2::/nonexistent:/bin/false" >>"$root/etc/passwd"
}
add_user postfix 8101
add_user -postdrop 8102
add_user Debian-exim 8103
add_user opensmtpd 8104
add_user opensmtpq 8105
add_user smmta 8106
add_user smmsp 8107
add_user dovecot 8109
add_user dovenull 8110
add_user mailbox 8125

# Names resolve from the file; a question to the DNS fails at once.
rm -f "$root/etc/hosts" "$root/etc/resolv.conf"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$host" >"$root/etc/hosts"
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$root/etc/resolv.conf"

mount -t proc proc "$root/proc"
mkdir -p "$root$lab"
mount --rbind "$lab" "$root$lab"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "$root/dev/${device%:*}" c 1 "${device#*:}"
done
mknod -m 666 "$root/dev/tty" c 5 0
ln -s /proc/self/fd "$root/dev/fd"
mkdir -m 1777 "$root/dev/shm"
mount -t tmpfs -o mode=755 run "$root/run"
mkdir -p "$root/run/lock"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
while read -r source target; do
  mkdir -p "$source" "$root$target"
  mount --bind "$source" "$root$target"
done <"$directory/binds"

mkdir -p "$root/host"
cd "$root"
pivot_root . host
umount -l /host
cd /
exec "$@"
