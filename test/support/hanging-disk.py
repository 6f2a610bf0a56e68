# Mounts a stalled file system over a directory, like an unreachable NFS server: /dev/fuse without a server process.
# argv: the directory. Prints "hangs"; at the end of stdin it fails blocked calls with an error and exits.
import ctypes, os, sys

MNT_DETACH = 2
libc = ctypes.CDLL(None, use_errno=True)
path = sys.argv[1].encode()
fuse = os.open('/dev/fuse', os.O_RDWR)
options = f'fd={fuse},rootmode=40000,user_id=0,group_id=0,allow_other'.encode()
if libc.mount(b'nobody', path, b'fuse', 0, options) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print('hangs', flush=True)
sys.stdin.read()
libc.umount2(path, MNT_DETACH)
os.close(fuse)
