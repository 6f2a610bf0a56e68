// Methods beyond the original that rotate logs.
import { findProcess } from '../../operations/find-process.ts';
import { rotateLogs, rotateMainLog } from '../../operations/rotate.ts';
import { type Method, method, noParams, oneParam } from '../method.ts';
import { processName } from '../params.ts';

const always = { type: 'boolean', text: 'Always true, also when the log was empty and stays' } as const;

export const rotateMethods: Readonly<Record<string, Method>> = {
  rotateLog: method(
    'Begins new log files for a process, also when it does not run.',
    always,
    oneParam(processName, async ({ supervisor }, name) => {
      await rotateLogs(findProcess(supervisor, name), name);
      return true;
    }),
  ),

  rotateMainLog: method(
    "Begins a new file for the daemon's own log.",
    always,
    noParams(async ({ supervisor, mainLogPath }) => {
      await rotateMainLog(supervisor, mainLogPath);
      return true;
    }),
  ),
};
