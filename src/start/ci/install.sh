# Puts picket on the PATH: the one that is there, or that in an archive (.tar.gz, such as a release) which PICKET_DOWNLOAD
# names, held against PICKET_SHA256 where that is given.
set -eu
if ! command -v picket > /dev/null; then
  if [ -z "${PICKET_DOWNLOAD:-}" ]; then
    echo 'picket is not on the PATH, and PICKET_DOWNLOAD does not say where to get it' >&2
    exit 2
  fi
  folder=${PICKET_FOLDER:-$HOME/.picket/bin}
  mkdir -p "$folder/new"
  curl --fail --location --silent --show-error --output "$folder/picket.tar.gz" "$PICKET_DOWNLOAD"
  if [ -n "${PICKET_SHA256:-}" ]; then
    if command -v sha256sum > /dev/null; then sum='sha256sum'; else sum='shasum -a 256'; fi
    echo "$PICKET_SHA256  $folder/picket.tar.gz" | $sum --check
  fi
  tar -xzf "$folder/picket.tar.gz" -C "$folder/new"
  mv "$(find "$folder/new" -type f -name picket | head -n 1)" "$folder/picket"
  rm -r "$folder/new" "$folder/picket.tar.gz"
  PATH=$folder:$PATH
fi
picket --version
