// Result handlers, in place of the Python function that the original imports: they accept or reject a listener's
// result.

export type ResultHandler =
  /** `OK` is accepted, anything else rejected. */
  | 'standard'
  /** For a function that cannot be loaded: every result is accepted. */
  | 'acceptAll'
  /** Every result is accepted and printed to the daemon's stdout, as output of a program. */
  | 'print';

export const standardHandlerName = 'supervisor.dispatchers:default_handler';
export const stdoutHandlerName = 'supervisor_stdout:event_handler';

/** `name` as the configuration gives it, `module:function`. */
export function resultHandlerNamed(name: string): ResultHandler {
  if (name === standardHandlerName) return 'standard';
  return name === stdoutHandlerName ? 'print' : 'acceptAll';
}

/** Longer than the event of any single read of a program's output. */
const maxPrintedBytes = 1024 * 1024;
const accepted = 'OK';

/** Number of bytes of a result to buffer. */
export function keptBytes(handler: ResultHandler): number {
  switch (handler) {
    case 'standard':
      // One byte more than `OK` is enough to decide.
      return accepted.length + 1;
    case 'acceptAll':
      return 0;
    case 'print':
      return maxPrintedBytes;
  }
}

export function isAccepted(handler: ResultHandler, result: string): boolean {
  return handler !== 'standard' || result === accepted;
}

/**
 * The lines of `result`, the payload of a PROCESS_LOG event, each prefixed with `process channel | ` as the package
 * supervisor-stdout prints it. Without such a header the result is printed unchanged.
 */
export function printedLines(result: string): string {
  const headerEnd = result.indexOf('\n');
  const header = result.slice(0, Math.max(headerEnd, 0));
  const process = fieldOf(header, 'processname');
  const channel = fieldOf(header, 'channel');
  const isOutput = process !== null && channel !== null;
  const text = isOutput ? result.slice(headerEnd + 1) : result;
  const prefix = isOutput ? `${process} ${channel} | ` : '';
  if (text === '') return '';
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  return lines.map((line) => `${prefix}${line}\n`).join('');
}

function fieldOf(header: string, name: string): string | null {
  const field = header.split(' ').find((each) => each.startsWith(`${name}:`));
  return field?.slice(name.length + 1) ?? null;
}
