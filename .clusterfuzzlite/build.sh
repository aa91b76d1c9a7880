#!/usr/bin/env bash
# Builds the fuzz targets the way OSS-Fuzz and ClusterFuzzLite ask for it: with $CC and $CFLAGS,
# linked to $LIB_FUZZING_ENGINE, into $OUT; each with its seeds, dictionary and options beside it.
set -euo pipefail

: "${CC:?}" "${CXX:=$CC}" "${OUT:?}" "${LIB_FUZZING_ENGINE:?}"
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# OSS-Fuzz copies this file out of the tree, and starts it in the tree.
[ -e "$source/CMakeLists.txt" ] || source=$PWD
work=${WORK:-$(mktemp -d)}/smtpchaos

# -static-libgcc and the like come in CFLAGS; the libraries of the image do not come along, so PCRE2
# is linked from its archive.
cmake -G Ninja -S "$source" -B "$work" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_COMPILER="$CC" \
    -DCMAKE_C_FLAGS="${CFLAGS:-}" -DSMTPCHAOS_TESTS=OFF -DSMTPCHAOS_FUZZ=ON \
    -DSMTPCHAOS_FUZZ_COVERAGE= -DSMTPCHAOS_FUZZ_ENGINE="$LIB_FUZZING_ENGINE" \
    -DSMTPCHAOS_FUZZ_STATIC=ON
cmake --build "$work" -j "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" --target fuzz-targets

# seeds_of NAME: the folders whose files are seeds of the target; `run` knows them.
seeds_of()
{
    (cd "$source" && ./run seeds "$1")
}

for target in "$work"/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=${target##*/fuzz_}
    cp "$target" "$OUT/"
    (cd "$source" && rm -f "$OUT/fuzz_${name}_seed_corpus.zip" &&
        seeds_of "$name" | xargs -d '\n' python3 .clusterfuzzlite/zip_seeds.py \
            "$OUT/fuzz_${name}_seed_corpus.zip")
    dictionary=$source/corpora/$name.dict
    [ -e "$dictionary" ] || dictionary=$source/corpora/smtp.dict
    cp "$dictionary" "$OUT/fuzz_$name.dict"
    printf '[libfuzzer]\nmax_len = 65536\ntimeout = 20\n' >"$OUT/fuzz_$name.options"
done
