#!/bin/sh
# Creates a yum and an apt repository from the built packages, for any static web server.
# Usage: repo.sh PACKAGES REPOSITORY. Needs createrepo_c and apt-ftparchive.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
packages=$1
rm -rf "$2"
mkdir -p "$2/yum" "$2/apt"
repository=$(cd "$2" && pwd)
cp -p "$packages"/*.rpm "$repository/yum/"
cp -p "$packages"/*.deb "$repository/apt/"

# The metadata contain file times.
"$here/timestamps.sh" "$repository"
createrepo_c --quiet --revision "$SOURCE_DATE_EPOCH" --set-timestamp-to-revision "$repository/yum"

cd "$repository/apt"
apt-ftparchive packages . >Packages
gzip -9nk Packages
apt-ftparchive -o APT::FTPArchive::Release::Origin=tsupervisor -o APT::FTPArchive::Release::Label=tsupervisor \
	-o APT::FTPArchive::Release::Suite=stable -o APT::FTPArchive::Release::Date="$(date -u -R -d "@$SOURCE_DATE_EPOCH")" \
	release . >../Release
mv ../Release Release
cd "$repository"

cat >tsupervisor.repo <<'REPO'
# /etc/yum.repos.d/tsupervisor.repo
[tsupervisor]
name=tsupervisor
baseurl=https://YOUR.SERVER/yum
enabled=1
# Sign the packages (rpmsign --addsign) and set this to 1.
gpgcheck=0
REPO
cat >tsupervisor.list <<'LIST'
# /etc/apt/sources.list.d/tsupervisor.list
# Sign Release (gpg --clearsign -o InRelease Release) and write [signed-by=/etc/apt/keyrings/YOURS.gpg] instead.
deb [trusted=yes] https://YOUR.SERVER/apt ./
LIST
"$here/timestamps.sh" "$repository"
echo "$repository: yum/ and apt/ to be served; tsupervisor.repo and tsupervisor.list say how they are used"
