// A thread of the data plane: it never returns to its event loop while it is needed.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ownDirectoryAndUmask, setUmask } from '../../linux/file.ts';
import { SharedIoState } from '../protocol/shared-io-state.ts';
import { WorkerLoop } from './worker-loop.ts';

// Modes of files are given where they are created; the main thread's umask stays what it is.
ownDirectoryAndUmask();
setUmask(0);

const { port, bell, disk } = workerData;
new WorkerLoop(
  bell,
  new SharedIoState(disk),
  () => receiveMessageOnPort(port)?.message,
  (reports) => parentPort?.postMessage(reports),
).run();
port.close();
