// What a program's section asks for beyond keeping the program up.
import type { WatchConfig } from './config.ts';
import { watchOptions as options } from './options/watch.ts';
import type { SectionReader } from './section-reader.ts';

export function readWatch(reader: SectionReader): WatchConfig {
  const url = reader.read(options.httpCheck);
  const httpCheck = {
    intervalMs: reader.read(options.httpCheckInterval),
    timeoutMs: reader.read(options.httpCheckTimeout),
    status: reader.read(options.httpCheckStatus),
    text: reader.read(options.httpCheckText),
  };
  return {
    maxMemoryBytes: reader.read(options.maxMemory),
    httpCheck: url === null ? null : { url, ...httpCheck },
    onFatal: reader.read(options.onFatal),
    onExit: reader.read(options.onExit),
    exitOnFatal: reader.read(options.exitOnFatal),
  };
}
