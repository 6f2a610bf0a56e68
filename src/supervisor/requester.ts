// Who asked for a process to be started, stopped or restarted. Serialisable; how it is shown is up to the clients.

export type Requester =
  /** autostart, or a group that an update has added. */
  | { readonly kind: 'configuration' }
  /** A program at the other end of a unix socket, as the kernel saw it when it connected. */
  | { readonly kind: 'program'; readonly name: string; readonly pid: number; readonly uid: number }
  /** A client over TCP. `user`: the name it authenticated with, null without authentication. */
  | { readonly kind: 'remote'; readonly address: string; readonly user: string | null }
  /** A signal to the daemon. */
  | { readonly kind: 'signal'; readonly signal: string }
  /** A check that the configuration asks for. */
  | { readonly kind: 'check'; readonly option: 'http_check' | 'max_memory' };

export const byConfiguration: Requester = { kind: 'configuration' };

/** `supervisorctl (pid 812, uid 1000)`, `admin at 127.0.0.1`, `configuration`. One line, for logs and clients. */
export function describeRequester(requester: Requester): string {
  switch (requester.kind) {
    case 'configuration':
      return 'configuration';
    case 'program':
      return `${requester.name} (pid ${requester.pid}, uid ${requester.uid})`;
    case 'remote':
      return requester.user === null ? requester.address : `${requester.user} at ${requester.address}`;
    case 'signal':
      return requester.signal;
    case 'check':
      return requester.option;
  }
}
