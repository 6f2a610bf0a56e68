// glibc by FFI: the only place that declares its functions.
import { dlopen, ptr, read } from 'bun:ffi';

const { symbols } = dlopen('libc.so.6', {
  __errno_location: { args: [], returns: 'ptr' },
  access: { args: ['ptr', 'i32'], returns: 'i32' },
  bind: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  chdir: { args: ['ptr'], returns: 'i32' },
  chmod: { args: ['ptr', 'u32'], returns: 'i32' },
  chown: { args: ['ptr', 'u32', 'u32'], returns: 'i32' },
  clock_gettime: { args: ['i32', 'ptr'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
  connect: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  dup2: { args: ['i32', 'i32'], returns: 'i32' },
  dup3: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  epoll_create1: { args: ['i32'], returns: 'i32' },
  epoll_ctl: { args: ['i32', 'i32', 'i32', 'ptr'], returns: 'i32' },
  epoll_wait: { args: ['i32', 'ptr', 'i32', 'i32'], returns: 'i32' },
  eventfd: { args: ['u32', 'i32'], returns: 'i32' },
  execve: { args: ['ptr', 'ptr', 'ptr'], returns: 'i32' },
  faccessat: { args: ['i32', 'ptr', 'i32', 'i32'], returns: 'i32' },
  fchdir: { args: ['i32'], returns: 'i32' },
  fchmod: { args: ['i32', 'u32'], returns: 'i32' },
  fcntl: { args: ['i32', 'i32', 'i64'], returns: 'i32' },
  flock: { args: ['i32', 'i32'], returns: 'i32' },
  freeaddrinfo: { args: ['ptr'], returns: 'void' },
  freelocale: { args: ['ptr'], returns: 'void' },
  ftruncate: { args: ['i32', 'i64'], returns: 'i32' },
  getaddrinfo: { args: ['ptr', 'ptr', 'ptr', 'ptr'], returns: 'i32' },
  getegid: { args: [], returns: 'u32' },
  geteuid: { args: [], returns: 'u32' },
  getgid: { args: [], returns: 'u32' },
  getgrnam_r: { args: ['ptr', 'ptr', 'ptr', 'usize', 'ptr'], returns: 'i32' },
  getgrgid_r: { args: ['u32', 'ptr', 'ptr', 'usize', 'ptr'], returns: 'i32' },
  getgrouplist: { args: ['ptr', 'u32', 'ptr', 'ptr'], returns: 'i32' },
  getgroups: { args: ['i32', 'ptr'], returns: 'i32' },
  getpid: { args: [], returns: 'i32' },
  getpwnam_r: { args: ['ptr', 'ptr', 'ptr', 'usize', 'ptr'], returns: 'i32' },
  getpwuid_r: { args: ['u32', 'ptr', 'ptr', 'usize', 'ptr'], returns: 'i32' },
  getrlimit: { args: ['i32', 'ptr'], returns: 'i32' },
  getsockname: { args: ['i32', 'ptr', 'ptr'], returns: 'i32' },
  getsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'ptr'], returns: 'i32' },
  getuid: { args: [], returns: 'u32' },
  getxattr: { args: ['ptr', 'ptr', 'ptr', 'usize'], returns: 'i64' },
  ioctl: { args: ['i32', 'u64', 'ptr'], returns: 'i32' },
  inet_pton: { args: ['i32', 'ptr', 'ptr'], returns: 'i32' },
  kill: { args: ['i32', 'i32'], returns: 'i32' },
  lchown: { args: ['ptr', 'u32', 'u32'], returns: 'i32' },
  linkat: { args: ['i32', 'ptr', 'i32', 'ptr', 'i32'], returns: 'i32' },
  listen: { args: ['i32', 'i32'], returns: 'i32' },
  lseek: { args: ['i32', 'i64', 'i32'], returns: 'i64' },
  madvise: { args: ['u64', 'u64', 'i32'], returns: 'i32' },
  mmap: { args: ['ptr', 'usize', 'i32', 'i32', 'i32', 'i64'], returns: 'ptr' },
  mprotect: { args: ['u64', 'usize', 'i32'], returns: 'i32' },
  newlocale: { args: ['i32', 'ptr', 'ptr'], returns: 'ptr' },
  open: { args: ['ptr', 'i32', 'u32'], returns: 'i32' },
  openat: { args: ['i32', 'ptr', 'i32', 'u32'], returns: 'i32' },
  pipe2: { args: ['ptr', 'i32'], returns: 'i32' },
  poll: { args: ['ptr', 'u64', 'i32'], returns: 'i32' },
  prctl: { args: ['i32', 'u64', 'u64', 'u64', 'u64'], returns: 'i32' },
  pthread_self: { args: [], returns: 'u64' },
  read: { args: ['i32', 'ptr', 'usize'], returns: 'i64' },
  readlinkat: { args: ['i32', 'ptr', 'ptr', 'usize'], returns: 'i64' },
  recvmsg: { args: ['i32', 'ptr', 'i32'], returns: 'i64' },
  renameat: { args: ['i32', 'ptr', 'i32', 'ptr'], returns: 'i32' },
  sendmsg: { args: ['i32', 'ptr', 'i32'], returns: 'i64' },
  sendto: { args: ['i32', 'ptr', 'usize', 'i32', 'ptr', 'u32'], returns: 'i64' },
  setgid: { args: ['u32'], returns: 'i32' },
  setgroups: { args: ['usize', 'ptr'], returns: 'i32' },
  setrlimit: { args: ['i32', 'ptr'], returns: 'i32' },
  setsid: { args: [], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
  setuid: { args: ['u32'], returns: 'i32' },
  sigfillset: { args: ['ptr'], returns: 'i32' },
  sigprocmask: { args: ['i32', 'ptr', 'ptr'], returns: 'i32' },
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  syscall: { args: ['i64', 'u64', 'u64', 'u64', 'u64'], returns: 'i64' },
  umask: { args: ['u32'], returns: 'u32' },
  unlink: { args: ['ptr'], returns: 'i32' },
  unlinkat: { args: ['i32', 'ptr', 'i32'], returns: 'i32' },
  unshare: { args: ['i32'], returns: 'i32' },
  usleep: { args: ['u32'], returns: 'i32' },
  waitid: { args: ['i32', 'u32', 'ptr', 'i32'], returns: 'i32' },
  waitpid: { args: ['i32', 'ptr', 'i32'], returns: 'i32' },
  write: { args: ['i32', 'ptr', 'usize'], returns: 'i64' },
});

export const libc = symbols;

/** errno of this thread's last failed call; read it before any other call. */
export function errno(): number {
  const location = libc.__errno_location();
  return location === null ? 0 : read.i32(location, 0);
}

/** A NUL-terminated copy of `text` in UTF-8. Keep a reference while C uses it, so that it is not collected. */
export function cstring(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

export { ptr };
