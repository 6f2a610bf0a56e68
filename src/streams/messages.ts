// What the control plane asks of the data plane, and what comes back. Numbers of logs and streams are given by the asker.
import type { Rotation } from '../config/config.ts';

export type Command =
  | {
      readonly do: 'openLog';
      readonly log: number;
      readonly fd: number;
      /** Absolute. */
      readonly path: string;
      /** Permissions of the files that follow this one. */
      readonly mode: number;
      readonly rotation: Rotation;
    }
  | { readonly do: 'openSyslog'; readonly log: number }
  | { readonly do: 'write'; readonly log: number; readonly data: string | Uint8Array }
  | { readonly do: 'clearLog' | 'reopenLog'; readonly log: number; readonly request: number }
  | { readonly do: 'releaseLog'; readonly log: number }
  | AttachCommand
  | { readonly do: 'forward'; readonly stream: number; readonly on: boolean }
  | { readonly do: 'drain'; readonly stream: number; readonly request: number }
  /** So many bytes of what was forwarded were looked at. */
  | { readonly do: 'consumed'; readonly bytes: number }
  | { readonly do: 'watchWritable' | 'forgetWritable'; readonly fd: number }
  | { readonly do: 'watchLog' | 'forgetLog'; readonly path: string }
  | { readonly do: 'ping' | 'flush' | 'stop'; readonly request: number };

export interface AttachCommand {
  readonly do: 'attach';
  readonly stream: number;
  readonly fd: number;
  readonly log: number | null;
  readonly syslogName: string | null;
  readonly stripAnsi: boolean;
  readonly captureMaxBytes: number;
  readonly forward: boolean;
  readonly prompt: boolean;
}

export type Report =
  | { readonly is: 'data' | 'captured'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly is: 'ended'; readonly stream: number }
  | { readonly is: 'done'; readonly request: number; readonly errno: number }
  | { readonly is: 'writable'; readonly fd: number }
  /** Bytes were added to the log at `path`, or it was rotated or emptied. Told again after the next watchLog. */
  | { readonly is: 'logChanged'; readonly path: string }
  | { readonly is: 'trouble'; readonly message: string };
