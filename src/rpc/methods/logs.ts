// Methods that read and clear logs.

import type { Channel } from '../../config/channel.ts';
import { isSystemError } from '../../linux/system-error.ts';
import { readWindow, tailWindow } from '../../logs/reading/log-window.ts';
import { readText } from '../../logs/reading/read-text.ts';
import { onEach } from '../../operations/batch.ts';
import { clearMainLog, clearOpenLogs } from '../../operations/clear.ts';
import { findProcess } from '../../operations/find-process.ts';
import { RpcFault } from '../../xmlrpc/faults.ts';
import { fittingInt } from '../../xmlrpc/int32.ts';
import type { RpcValue } from '../../xmlrpc/value.ts';
import { type Method, method, noParams, oneParam, query, threeParams, twoParams } from '../method.ts';
import { itemsOf } from '../outcome-items.ts';
import { length, offset, processName } from '../params.ts';

const readLog = query(
  "Reads from the daemon's own log.",
  { type: 'string', text: 'The bytes as text' },
  twoParams(offset, length, async ({ supervisor, mainLogPath }, start, count) => {
    // Waits for lines that the worker has not written to the file yet.
    await supervisor.daemon.log.written();
    return read(mainLogPath, start, count);
  }),
);

const clearProcessLogs = method(
  'Empties the logs of a process.',
  { type: 'boolean', text: 'Always true, also when there was nothing to empty because it does not run' },
  oneParam(processName, async ({ supervisor }, name) => {
    await clearOpenLogs(findProcess(supervisor, name), name);
    return true;
  }),
);

const [readStdout, readStderr] = [readMethod('stdout'), readMethod('stderr')];
const [tailStdout, tailStderr] = [tailMethod('stdout'), tailMethod('stderr')];

export const logMethods: Readonly<Record<string, Method>> = {
  readLog,
  readMainLog: readLog,

  clearLog: method(
    "Empties the daemon's own log.",
    { type: 'boolean', text: 'Always true' },
    noParams(async ({ supervisor, mainLogPath }) => {
      await clearMainLog(supervisor, mainLogPath);
      return true;
    }),
  ),

  readProcessStdoutLog: readStdout,
  readProcessLog: readStdout,
  readProcessStderrLog: readStderr,
  tailProcessStdoutLog: tailStdout,
  tailProcessLog: tailStdout,
  tailProcessStderrLog: tailStderr,
  clearProcessLogs,
  clearProcessLog: clearProcessLogs,

  clearAllProcessLogs: method(
    'Empties the logs of all processes.',
    { type: 'array', text: 'A struct of name, group, status and description for each process' },
    noParams(({ supervisor }) =>
      itemsOf(
        onEach(
          supervisor.processesByPriority,
          () => true,
          (process) => clearOpenLogs(process, process.qualifiedName),
        ),
      ),
    ),
  ),
};

function readMethod(channel: Channel): Method {
  return query(
    `Reads from the log of a process's ${channel}. A negative offset counts from the end.`,
    { type: 'string', text: 'The bytes as text' },
    threeParams(processName, offset, length, ({ supervisor }, name, start, count) =>
      read(findProcess(supervisor, name).logPaths[channel], start, count),
    ),
  );
}

function tailMethod(channel: Channel): Method {
  return query(
    `Reads the end of the log of a process's ${channel}. Call it again with the offset that it returned.`,
    { type: 'array', text: 'The text, the size of the log, whether there is more behind offset than fits' },
    threeParams(processName, offset, length, ({ supervisor }, name, start, count) =>
      tail(findProcess(supervisor, name).logPaths[channel], start, count),
    ),
  );
}

async function read(path: string | null, start: number, count: number): Promise<RpcValue> {
  if (path === null) throw new RpcFault('NO_FILE');
  const piece = await readText(path, (size) => readWindow(size, start, count)).catch((error: unknown) => {
    throw isSystemError(error, 'ENOENT') ? new RpcFault('NO_FILE', path) : new RpcFault('FAILED');
  });
  if (piece === null) throw new RpcFault('BAD_ARGUMENTS');
  return piece.text;
}

async function tail(path: string | null, start: number, count: number): Promise<RpcValue> {
  if (path === null) return ['', 0, false];
  try {
    const piece = await readText(path, (size) => tailWindow(size, start, count));
    return piece ? [piece.text, fittingInt(piece.size), piece.window.overflow] : ['', 0, false];
  } catch (error) {
    return ['', isSystemError(error, 'ENOENT') ? 0 : start, false];
  }
}
