#!/bin/sh
# Makes a yum and an apt repository of the built packages, ready for any static web server.
# Usage: repo.sh PACKAGES REPOSITORY. Needs createrepo_c and apt-ftparchive.
set -eu
packages=$1
repository=$2
rm -rf "$repository"
mkdir -p "$repository/yum" "$repository/apt"
cp -p "$packages"/*.rpm "$repository/yum/"
cp -p "$packages"/*.deb "$repository/apt/"

createrepo_c --quiet --revision "$SOURCE_DATE_EPOCH" --set-timestamp-to-revision "$repository/yum"

cd "$repository/apt"
apt-ftparchive packages . >Packages
gzip -9nk Packages
apt-ftparchive -o APT::FTPArchive::Release::Origin=tsupervisor -o APT::FTPArchive::Release::Label=tsupervisor \
	-o APT::FTPArchive::Release::Suite=stable -o APT::FTPArchive::Release::Date="$(date -u -R -d "@$SOURCE_DATE_EPOCH")" \
	release . >../Release
mv ../Release Release
cd ..

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
echo "$repository: yum/ and apt/ to be served; tsupervisor.repo and tsupervisor.list say how they are used"
