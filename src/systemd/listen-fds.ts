// Sockets passed by systemd: sd_listen_fds(3).

export interface PassedDescriptor {
  readonly fd: number;
  /** FileDescriptorName= of its .socket unit, else the name of that unit. */
  readonly name: string;
}

const firstPattern = 3;

/** Empty if they are meant for another process. */
export function passedDescriptors(
  env: Readonly<Record<string, string | undefined>>,
  pid = process.pid,
): PassedDescriptor[] {
  const count = env['LISTEN_FDS'] ?? '';
  if (Number(env['LISTEN_PID']) !== pid || !/^\d{1,5}$/.test(count)) return [];
  const names = (env['LISTEN_FDNAMES'] ?? '').split(':');
  return Array.from({ length: Number(count) }, (_, index) => ({
    fd: firstPattern + index,
    name: names[index] || 'unknown',
  }));
}
