#!/usr/bin/env bash
# Makes wasm32-unknown-unknown buildable without rustup's download host.
#
# Debian packages a second, newer Rust (rustc-web) and the sources of its standard library, but no standard library
# for wasm32-unknown-unknown. This script installs those packages, compiles that library once (about a minute of one
# core) and puts it where Debian's rustc looks for it. It may be run again at any time: whatever is there already is left alone.
#
# Needs: Debian, root. Leaves: a rustup toolchain called debian-web when rustup is installed, nothing else.
set -euo pipefail

target=wasm32-unknown-unknown
packages=(rustc-web cargo-web rust-web-src clang-19 lld-19 llvm-19)
debian_rustc=/usr/bin/rustc
debian_cargo=/usr/bin/cargo

say() { printf 'wasm-std: %s\n' "$*"; }
die() { printf 'wasm-std: %s\n' "$*" >&2; exit 1; }

# The folder in which the given compiler keeps its libraries for the target.
library_folder() { env -u RUSTUP_TOOLCHAIN "$1" --print target-libdir --target "$target" 2>/dev/null; }

has_library() {
  local folder
  folder=$(library_folder "$1") || return 1
  compgen -G "$folder/libstd-*.rlib" >/dev/null
}

install_packages() {
  if dpkg -s "${packages[@]}" >/dev/null 2>&1; then return; fi
  [ "$(id -u)" = 0 ] || die "installing ${packages[*]} needs root: run 'sudo $0'"
  command -v apt-get >/dev/null || die "no apt-get here: this way works on Debian only"
  say "installing ${packages[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq)
  "${apt[@]}" update
  "${apt[@]}" install -y --no-install-recommends "${packages[@]}" >/dev/null
}

# rustup picks its own toolchain whenever `cargo` is called, unless Debian's has a name that can be asked for.
link_toolchain() {
  command -v rustup >/dev/null || return 0
  if rustup toolchain list | grep -q '^debian-web'; then return; fi
  rustup toolchain link debian-web /usr
}

# An empty no_std crate, so that -Zbuild-std compiles the standard library and nothing besides.
write_empty_crate() {
  mkdir -p "$1/src"
  printf '#![no_std]\n' >"$1/src/lib.rs"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n' >"$1/Cargo.toml"
}

# -Zforce-unstable-if-unmarked marks the crates as part of the standard library, as the compiler's own build does.
build_library() {
  (
    cd "$1"
    env -u RUSTUP_TOOLCHAIN -u RUSTC_WRAPPER RUSTC="$debian_rustc" RUSTC_BOOTSTRAP=1 \
      CARGO_TARGET_DIR="$1/target" CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_DEBUG=0 \
      RUSTFLAGS="-Copt-level=3 -Cembed-bitcode=yes -Zforce-unstable-if-unmarked" \
      "$debian_cargo" build --quiet --release --target "$target" \
      -Zbuild-std=std,panic_abort,panic_unwind,test
  )
}

# Copies under other names first: a run that is cut off never leaves half a library behind under the right name.
install_library() {
  local built=$1/target/$target/release/deps folder
  folder=$("$debian_rustc" --print target-libdir --target "$target")
  mkdir -p "$folder.new"
  find "$built" -name 'lib*.rlib' ! -name 'libempty-*' -exec cp {} "$folder.new/" \;
  mkdir -p "$folder"
  mv -f "$folder.new"/*.rlib "$folder/"
  rmdir "$folder.new"
  say "installed $(find "$folder" -name '*.rlib' | wc -l) libraries into $folder"
}

install_packages
link_toolchain
if has_library "$debian_rustc"; then
  say "Debian's rustc builds for $target already"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
write_empty_crate "$work"
say "compiling the standard library for $target, once"
build_library "$work"
install_library "$work"
has_library "$debian_rustc" || die "the library was built, but rustc does not find it in $(library_folder "$debian_rustc")"
