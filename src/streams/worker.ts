// A thread of the data plane: it never returns to its event loop while it is needed.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { setUmask } from '../linux/file.ts';
import { ownDirectoryAndUmask } from '../linux/spawn.ts';
import { DataLoop } from './data-loop.ts';
import { DiskWait } from './disk-wait.ts';

// The main thread changes its umask for children while this one may create files.
ownDirectoryAndUmask();
setUmask(0);

const { port, bell, disk } = workerData;
new DataLoop(
  bell,
  new DiskWait(disk),
  () => receiveMessageOnPort(port)?.message,
  (reports) => parentPort?.postMessage(reports),
).run();
port.close();
