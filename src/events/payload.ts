// The payload of an event, after the header line: one exact format per type.
import { pythonReprOfBytes } from '../python/repr.ts';
import type { SupervisorEvent } from './types.ts';

/** The payload of `event`, with keys in the order of the original. Output that is not UTF-8 is described. */
export function payloadOf(event: SupervisorEvent): string {
  switch (event.type) {
    case 'PROCESS_STATE_STARTING':
    case 'PROCESS_STATE_BACKOFF':
      return `${stateChange(event)} tries:${event.tries}`;
    case 'PROCESS_STATE_RUNNING':
    case 'PROCESS_STATE_STOPPING':
    case 'PROCESS_STATE_STOPPED':
      return `${stateChange(event)} pid:${event.pid}`;
    case 'PROCESS_STATE_EXITED':
      return `${stateChange(event)} expected:${event.expected ? 1 : 0} pid:${event.pid}`;
    case 'PROCESS_STATE_FATAL':
    case 'PROCESS_STATE_UNKNOWN':
      return stateChange(event);
    case 'PROCESS_LOG_STDOUT':
      return `${ofProcess(event)} pid:${event.pid} channel:stdout\n${textOrRepr(event.data)}`;
    case 'PROCESS_LOG_STDERR':
      return `${ofProcess(event)} pid:${event.pid} channel:stderr\n${textOrRepr(event.data)}`;
    case 'PROCESS_COMMUNICATION_STDOUT':
    case 'PROCESS_COMMUNICATION_STDERR':
      return `${ofProcess(event)} pid:${event.pid}\n${textOrRepr(event.data)}`;
    case 'REMOTE_COMMUNICATION':
      return `type:${event.kind}\n${event.data}`;
    case 'SUPERVISOR_STATE_CHANGE_RUNNING':
    case 'SUPERVISOR_STATE_CHANGE_STOPPING':
      return '';
    case 'TICK_5':
    case 'TICK_60':
    case 'TICK_3600':
      return `when:${event.when}`;
    case 'PROCESS_GROUP_ADDED':
    case 'PROCESS_GROUP_REMOVED':
      return `groupname:${event.group}\n`;
    case 'TSUPERVISOR_PROCESS_CHANGE':
      return ofProcess(event);
  }
}

function ofProcess(event: { process: string; group: string }): string {
  return `processname:${event.process} groupname:${event.group}`;
}

function stateChange(event: { process: string; group: string; fromState: string }): string {
  return `${ofProcess(event)} from_state:${event.fromState}`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of `data`, or `Undecodable: b'...'` when it is not UTF-8. */
export function textOrRepr(data: Uint8Array): string {
  try {
    return utf8.decode(data);
  } catch {
    return `Undecodable: ${pythonReprOfBytes(data)}`;
  }
}
