// Methods that send text: to a process's stdin, to event listeners.

import { findProcess } from '../../operations/find-process.ts';
import { RpcFault } from '../../xmlrpc/faults.ts';
import { textOf } from '../../xmlrpc/value.ts';
import { type Method, method, twoParams } from '../method.ts';
import { characters, eventData, eventType, processName } from '../params.ts';

export const inputMethods: Readonly<Record<string, Method>> = {
  sendProcessStdin: method(
    'Writes text to the standard input of a process, as it is. What the process does not read yet is kept for it.',
    { type: 'boolean', text: 'Always true' },
    twoParams(processName, characters, ({ supervisor }, name, text) => {
      if (typeof text !== 'string') throw new RpcFault('INCORRECT_PARAMETERS', textOf(text));
      const process = findProcess(supervisor, name);
      if (process.pid === 0 || process.state === 'STOPPING') throw new RpcFault('NOT_RUNNING', name);
      const result = process.writeStdin(Buffer.from(text));
      if (result === 'closed') throw new RpcFault('NO_FILE', name);
      if (result === 'full') throw new RpcFault('FAILED', `${name} does not read its standard input`);
      return true;
    }),
  ),

  sendRemoteCommEvent: {
    ...method(
      'Emits a REMOTE_COMMUNICATION event for the listeners that want such.',
      { type: 'boolean', text: 'Always true' },
      twoParams(eventType, eventData, ({ supervisor }, kind, data) => {
        supervisor.daemon.bus.emit({ type: 'REMOTE_COMMUNICATION', kind, data });
        return true;
      }),
    ),
    // Also during a shutdown: a listener may still need the event.
    gated: false,
  },
};
