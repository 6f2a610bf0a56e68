// The data plane's thread: waits for pipes and commands, moves bytes, and never returns to its event loop.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { DataLoop } from './data-loop.ts';

const { port, bell } = workerData;
new DataLoop(
  bell,
  () => receiveMessageOnPort(port)?.message,
  (reports) => parentPort?.postMessage(reports),
).run();
