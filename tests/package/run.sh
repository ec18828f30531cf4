#!/usr/bin/env bash
# Builds dwconv as its C++ users do, and two projects that use it:
#
#   tests/package/run.sh [--python PYTHON] [--build DIR] [CMAKE_OPTION...]
#
# find_package: with an install prefix, with that prefix moved elsewhere, and, with --python, with
# the package that this Python has installed; add_subdirectory: with the source tree. With --build,
# what is installed is a build that is there already. The options (-Ddnnl_DIR=...,
# -DPython_EXECUTABLE=...) go to each configuration of dwconv itself.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
python="" build=""
while [[ ${1:-} == --python || ${1:-} == --build ]]; do
    declare "${1#--}=$2"
    shift 2
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}

title() { printf '\n== %s\n' "$*"; }

# consumer NAME CMAKE_OPTION...: configures, builds and runs a project of this folder, anew.
consumer() {
    local name=$1 build
    shift
    build=$(mktemp -d "$work/consumer.XXXX")
    cmake -S "$here/$name" -B "$build" "$@"
    cmake --build "$build"
    ctest --test-dir "$build" --output-on-failure --no-tests=error
    passed=$((passed + 1))
}

title "install"
if [[ -z $build ]]; then
    build=$work/build
    cmake -S "$source_dir" -B "$build" -DDWCONV_BUILD_PYTHON=OFF -DDWCONV_BUILD_TESTS=OFF \
        -DDWCONV_BUILD_EXAMPLES=OFF "$@"
    cmake --build "$build"
fi
cmake --install "$build" --prefix "$work/prefix"
rm -rf "$work/build"

title "find_package"
consumer find_package "-DCMAKE_PREFIX_PATH=$work/prefix"

title "find_package, the prefix moved"
mkdir "$work/elsewhere"
mv "$work/prefix" "$work/elsewhere/a prefix"
consumer find_package "-DCMAKE_PREFIX_PATH=$work/elsewhere/a prefix"

# Built like the user's own project: here for debugging, which takes less time.
title "add_subdirectory"
consumer add_subdirectory -DCMAKE_BUILD_TYPE=Debug "$@"

if [[ -n $python ]]; then
    title "find_package, from the Python package"
    consumer find_package "-DCMAKE_PREFIX_PATH=$(cd / && "$python" -m dwconv --cmakedir)"
fi

printf '\npackage: %d passed, 0 failed\n' "$passed"
