// Entry point of a worker: it never returns to its event loop before `stop`.
import { receiveMessageOnPort } from 'node:worker_threads';
import { ownDirectoryAndUmask, setUmask } from '../../linux/file.ts';
import type { WorkerEvent, WorkerStart } from '../protocol/messages.ts';
import { SharedIoState } from '../protocol/shared-io-state.ts';
import { WorkerLoop } from './worker-loop.ts';

// Created files get explicit modes; the umask of the main thread stays.
ownDirectoryAndUmask();
setUmask(0);

addEventListener('message', start, { once: true });

function start({ data: { port, wakeFd, disk } }: MessageEvent<WorkerStart>): void {
  const send = (reports: readonly WorkerEvent[]) => postMessage(reports);
  try {
    new WorkerLoop(wakeFd, new SharedIoState(disk), () => receiveMessageOnPort(port)?.message, send).run();
  } catch (error) {
    send([{ is: 'failed', reason: error instanceof Error ? error.message : String(error) }]);
  }
  port.close();
}
