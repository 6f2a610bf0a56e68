// The methods of the supervisor namespace that the commands call, with their types. Knows no command.
import type { Channel } from '../config/channel.ts';
import type { RpcValue } from '../xmlrpc/value.ts';
import { type BootReport, decodeBootReport } from './boot-report.ts';
import { decodeArray, decodeNumber, decodeText } from './decode-answer.ts';
import {
  type ConfigChanges,
  decodeConfigChanges,
  decodeConfigInfo,
  decodeProcessInfo,
  decodeProcessResult,
  decodeProcessUsage,
  type ProcessConfigInfo,
  type ProcessInfo,
  type ProcessResult,
  type ProcessUsage,
} from './process-info.ts';
import { RpcClient } from './rpc-client.ts';
import type { Server } from './server-address.ts';

export type { Channel };
export type GroupAction = 'start' | 'stop' | 'signal';

const groupMethods = {
  start: { group: 'startProcessGroup', all: 'startAllProcesses' },
  stop: { group: 'stopProcessGroup', all: 'stopAllProcesses' },
  signal: { group: 'signalProcessGroup', all: 'signalAllProcesses' },
} as const satisfies Record<GroupAction, { group: string; all: string }>;

const logMethods = {
  stdout: 'readProcessStdoutLog',
  stderr: 'readProcessStderrLog',
} as const satisfies Record<Channel, string>;

/** One server. Every method rejects like RpcClient.call, or with UnexpectedAnswerError. */
export class SupervisorClient {
  readonly #rpc: RpcClient;

  constructor(server: Server) {
    this.#rpc = new RpcClient(server);
  }

  close(): void {
    this.#rpc.close();
  }

  async apiVersion(): Promise<string> {
    return decodeText(await this.#call('getVersion'));
  }

  async supervisorVersion(): Promise<string> {
    return decodeText(await this.#call('getSupervisorVersion'));
  }

  async pid(): Promise<number> {
    return decodeNumber(await this.#call('getPID'));
  }

  async allProcesses(): Promise<ProcessInfo[]> {
    return decodeArray(await this.#call('getAllProcessInfo'), decodeProcessInfo);
  }

  async process(name: string): Promise<ProcessInfo> {
    return decodeProcessInfo(await this.#call('getProcessInfo', name));
  }

  async startProcess(name: string, ...wait: readonly boolean[]): Promise<void> {
    await this.#call('startProcess', name, ...wait);
  }

  async stopProcess(name: string, ...wait: readonly boolean[]): Promise<void> {
    await this.#call('stopProcess', name, ...wait);
  }

  async signalProcess(name: string, signal: string): Promise<void> {
    await this.#call('signalProcess', name, signal);
  }

  /** Starts, stops or signals (then with the signal's name) a group. */
  async actOnGroup(
    action: GroupAction,
    group: string,
    ...rest: readonly RpcValue[]
  ): Promise<ProcessResult[]> {
    return decodeArray(await this.#call(groupMethods[action].group, group, ...rest), decodeProcessResult);
  }

  async actOnAll(action: GroupAction, ...rest: readonly RpcValue[]): Promise<ProcessResult[]> {
    return decodeArray(await this.#call(groupMethods[action].all, ...rest), decodeProcessResult);
  }

  async sendStdin(name: string, chars: string): Promise<void> {
    await this.#call('sendProcessStdin', name, chars);
  }

  /** Offset and length of the protocol, in bytes: a negative offset counts from the end, length 0 means everything. */
  async readProcessLog(name: string, channel: Channel, offset: number, length: number): Promise<string> {
    return decodeText(await this.#call(logMethods[channel], name, offset, length));
  }

  async readMainLog(offset: number, length: number): Promise<string> {
    return decodeText(await this.#call('readLog', offset, length));
  }

  async clearProcessLogs(name: string): Promise<void> {
    await this.#call('clearProcessLogs', name);
  }

  async clearAllProcessLogs(): Promise<ProcessResult[]> {
    return decodeArray(await this.#call('clearAllProcessLogs'), decodeProcessResult);
  }

  /** A method beyond the original, which responds with UNKNOWN_METHOD. */
  async rotateLog(name: string): Promise<void> {
    await this.#rpc.call('tsupervisor.rotateLog', name);
  }

  /** Like rotateLog. */
  async rotateMainLog(): Promise<void> {
    await this.#rpc.call('tsupervisor.rotateMainLog');
  }

  /** Like rotateLog. `wait`: false returns as soon as the requests are made. */
  async actOnProcesses(
    action: 'start' | 'stop',
    names: readonly string[],
    wait: boolean,
  ): Promise<ProcessResult[]> {
    const method = action === 'start' ? 'startProcesses' : 'stopProcesses';
    return decodeArray(await this.#rpc.call(`tsupervisor.${method}`, [...names], wait), decodeProcessResult);
  }

  /** Like rotateLog. Only running processes. */
  async allUsages(): Promise<ProcessUsage[]> {
    return decodeArray(await this.#rpc.call('tsupervisor.getAllProcessUsage'), decodeProcessUsage);
  }

  /** Like rotateLog. */
  async boot(): Promise<BootReport> {
    return decodeBootReport(await this.#rpc.call('tsupervisor.getBoot'));
  }

  async reloadConfig(): Promise<ConfigChanges> {
    return decodeConfigChanges(await this.#call('reloadConfig'));
  }

  async addProcessGroup(name: string): Promise<void> {
    await this.#call('addProcessGroup', name);
  }

  async removeProcessGroup(name: string): Promise<void> {
    await this.#call('removeProcessGroup', name);
  }

  async allConfigInfo(): Promise<ProcessConfigInfo[]> {
    return decodeArray(await this.#call('getAllConfigInfo'), decodeConfigInfo);
  }

  async restart(): Promise<void> {
    await this.#call('restart');
  }

  async shutdown(): Promise<void> {
    await this.#call('shutdown');
  }

  #call(method: string, ...params: readonly RpcValue[]): Promise<RpcValue> {
    return this.#rpc.call(`supervisor.${method}`, ...params);
  }
}
