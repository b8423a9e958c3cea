#!/bin/sh
# Builds the standard library for WebAssembly from Debian's package of its source, for a machine whose rustup has no
# network. The package has to be of the compiler's own version. The system's apt configuration is read for the address of
# its repository and not changed.
# usage: wasm_std_from_debian.sh FOLDER-OF-THE-LIBRARIES
set -eu
destination=$1
release=$(rustc --version | cut -d ' ' -f 2)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

repository=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1)
mkdir -p lists/partial
chmod 755 . lists
for suite in trixie-backports sid; do
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$keyring] $repository $suite main" > source.list
  # apt's unprivileged user may not write here.
  own="-o Dir::Etc::sourcelist=$work/source.list -o Dir::Etc::sourceparts=- -o Dir::State::Lists=$work/lists \
    -o Dir::Cache=$work -o APT::Sandbox::User=root"
  apt-get $own -q update || continue
  version=$(apt-cache $own madison rust-src | cut -d '|' -f 2 | tr -d ' ' | grep "^$release[+~-]" | head -n 1) || continue
  apt-get $own -q download "rust-src=$version" && break
done
[ -n "${version:-}" ] || { echo "Debian has no rust-src of version $release" >&2; exit 1; }
dpkg-deb -x rust-src_*.deb tree

# `-Z` on a stable compiler, which is right because the library is that compiler's own. It looks for the source at a fixed place.
source=$(rustc --print sysroot)/lib/rustlib/src/rust/library
if [ ! -d "$source/std" ]; then
  mkdir -p "$(dirname "$source")"
  cp -a "tree/usr/src/rustc-$release/library" "$source"
fi
mkdir -p probe/src
echo '#![no_std]' > probe/src/lib.rs
printf '[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n' > probe/Cargo.toml
# Without bitcode a build with fat link-time optimisation can't use the library; `test` is what browser tests link.
(cd probe && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$work/target" \
  cargo build --release --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort,test)

rm -rf "$destination.partial"
mkdir -p "$destination.partial"
cp target/wasm32-unknown-unknown/release/deps/*.rlib "$destination.partial"
rm "$destination.partial"/libprobe*.rlib
rm -rf "$destination"
mv "$destination.partial" "$destination"
