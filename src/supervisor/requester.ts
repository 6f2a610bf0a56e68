// The requester of a start, stop or restart. Serialisable; clients decide how to show it.

export type Requester =
  /** autostart, or a group added by an update. */
  | { readonly kind: 'configuration' }
  /** The peer of a unix socket, by its credentials at connect (SO_PEERCRED of unix(7)). */
  | { readonly kind: 'program'; readonly name: string; readonly pid: number; readonly uid: number }
  /** A client over TCP. `user`: the name it authenticated with, null without authentication. */
  | { readonly kind: 'remote'; readonly address: string; readonly user: string | null }
  /** A signal to the daemon. */
  | { readonly kind: 'signal'; readonly signal: string }
  /** Another process, as `depends_on`, `stop_with` or `restart_with` say. */
  | {
      readonly kind: 'dependency';
      readonly relation: 'needed by' | 'stops with' | 'restarts with';
      readonly process: string;
    }
  /** A health check of the configuration. */
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
    case 'dependency':
      return `${requester.relation} ${requester.process}`;
    case 'check':
      return requester.option;
  }
}
