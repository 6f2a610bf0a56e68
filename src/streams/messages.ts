// What the control plane asks of the data plane, and what comes back. Numbers of logs and streams are given by the asker.
import type { Rotation } from '../config/config.ts';

export type Command =
  | {
      readonly do: 'openLog';
      readonly log: number;
      readonly fd: number;
      readonly path: string;
      readonly rotation: Rotation;
    }
  | { readonly do: 'write'; readonly log: number; readonly data: Uint8Array }
  | { readonly do: 'clearLog' | 'reopenLog'; readonly log: number; readonly request: number }
  | { readonly do: 'releaseLog'; readonly log: number }
  | {
      readonly do: 'attach';
      readonly stream: number;
      readonly fd: number;
      readonly log: number | null;
      readonly stripAnsi: boolean;
      readonly captureMaxBytes: number;
      readonly forward: boolean;
      readonly prompt: boolean;
    }
  | { readonly do: 'forward'; readonly stream: number; readonly on: boolean }
  | { readonly do: 'drain'; readonly stream: number; readonly request: number }
  | { readonly do: 'watchWritable' | 'forgetWritable'; readonly fd: number }
  | { readonly do: 'flush'; readonly request: number };

export type Report =
  | { readonly is: 'data' | 'captured'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly is: 'ended'; readonly stream: number }
  | { readonly is: 'done'; readonly request: number; readonly errno: number }
  | { readonly is: 'writable'; readonly fd: number }
  | { readonly is: 'trouble'; readonly message: string };
