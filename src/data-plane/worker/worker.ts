// Entry point of a worker: it never returns to its event loop before `stop`.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ownDirectoryAndUmask, setUmask } from '../../linux/file.ts';
import { SharedIoState } from '../protocol/shared-io-state.ts';
import { WorkerLoop } from './worker-loop.ts';

// Created files get explicit modes; the umask of the main thread stays.
ownDirectoryAndUmask();
setUmask(0);

const { port, wakeFd, disk } = workerData;
new WorkerLoop(
  wakeFd,
  new SharedIoState(disk),
  () => receiveMessageOnPort(port)?.message,
  (reports) => parentPort?.postMessage(reports),
).run();
port.close();
