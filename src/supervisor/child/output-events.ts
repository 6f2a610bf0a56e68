// Output that the main thread consumes besides the log: debug echo, PROCESS_LOG and PROCESS_COMMUNICATION events.
// Without a consumer, output never leaves the worker.

import type { Channel } from '../../config/channel.ts';
import type { StreamConfig } from '../../config/config.ts';
import { textOrRepr } from '../../events/payload.ts';
import { pythonRepr, pythonReprOfBytes } from '../../python/repr.ts';
import type { DaemonContext } from '../daemon-context.ts';
import type { OutputConsumer } from './child.ts';

interface Source {
  readonly name: string;
  readonly group: string;
  readonly pid: number;
}

const logEvents = { stdout: 'PROCESS_LOG_STDOUT', stderr: 'PROCESS_LOG_STDERR' } as const;
const communicationEvents = {
  stdout: 'PROCESS_COMMUNICATION_STDOUT',
  stderr: 'PROCESS_COMMUNICATION_STDERR',
} as const;

export class OutputEvents {
  constructor(
    private readonly source: Source,
    private readonly channel: Channel,
    private readonly daemon: DaemonContext,
  ) {}

  /** Plain output of a program. */
  asOutput(stream: StreamConfig): OutputConsumer {
    const echo = this.daemon.log.isEnabled('debug');
    const onData = (chunk: Uint8Array): void => {
      if (echo) this.#echo(textOrRepr(chunk));
      if (stream.eventsEnabled) this.#emit(logEvents[this.channel], chunk);
    };
    return {
      onData: echo || stream.eventsEnabled ? onData : null,
      onCapture: stream.captureMaxBytes > 0 ? (data) => this.#onCapture(data) : null,
      prompt: stream.eventsEnabled,
      syslogName: stream.syslog ? this.source.name : null,
    };
  }

  /** The stdout of an event listener: never captured, never sent to syslog, never an event. */
  asProtocol(): OutputConsumer {
    const echo = this.daemon.log.isEnabled('debug');
    const onData = echo ? (chunk: Uint8Array): void => this.#echo(pythonReprOfBytes(chunk)) : null;
    return { onData, onCapture: null, prompt: true, syslogName: null };
  }

  #onCapture(data: Uint8Array): void {
    this.daemon.log.debug(`${pythonRepr(this.source.name)} ${this.channel} emitted a comm event`);
    this.#emit(communicationEvents[this.channel], data);
  }

  #echo(text: string): void {
    this.daemon.log.debug(`${pythonRepr(this.source.name)} ${this.channel} output:\n${text}`);
  }

  #emit(type: (typeof logEvents | typeof communicationEvents)[Channel], data: Uint8Array): void {
    const { name, group, pid } = this.source;
    this.daemon.bus.emit({ type, process: name, group, pid, data });
  }
}
