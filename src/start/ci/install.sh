# Puts picket on the PATH: the one that is there, or that in an archive (.tar.gz) which PICKET_DOWNLOAD names, held against
# PICKET_SHA256 where that is given.
set -eu
if ! command -v picket > /dev/null; then
  if [ -z "${PICKET_DOWNLOAD:-}" ]; then
    echo 'picket is not on the PATH, and PICKET_DOWNLOAD does not say where to get it' >&2
    exit 2
  fi
  folder=${PICKET_FOLDER:-$HOME/.picket/bin}
  mkdir -p "$folder"
  curl --fail --location --silent --show-error --output "$folder/picket.tar.gz" "$PICKET_DOWNLOAD"
  if [ -n "${PICKET_SHA256:-}" ]; then
    echo "$PICKET_SHA256  $folder/picket.tar.gz" | sha256sum --check --quiet
  fi
  tar --extract --gzip --file "$folder/picket.tar.gz" --directory "$folder" picket
  rm "$folder/picket.tar.gz"
  PATH=$folder:$PATH
fi
picket --version
