// `/tail.html?processname=NAME&limit=BYTES`: the end of a stdout log as plain HTML, for existing bookmarks.

import { readText } from '../../logs/reading/read-text.ts';
import { findProcess } from '../../operations/find-process.ts';
import { OperationError } from '../../operations/operation-error.ts';
import { asFault } from '../../rpc/faults.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';

/** In bytes; smaller limits are raised to it. */
const minLimit = 1024;

export async function tailPage(
  supervisor: Supervisor,
  processname: string | null,
  limit: string | null,
): Promise<string> {
  const bytes = limit !== null && /^\d+$/.test(limit) ? Math.max(minLimit, Number(limit)) : minLimit;
  const text = processname === null ? 'No process name found' : await tail(supervisor, processname, bytes);
  const name = escapeMarkup(processname ?? '');
  const again = `tail.html?processname=${encodeURIComponent(processname ?? '')}&amp;limit=${bytes}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Supervisor tail of process ${name}</title>
</head>
<body>
<pre>${escapeMarkup(text)}</pre>
<p><a href="${again}">Refresh</a></p>
</body>
</html>
`;
}

async function tail(supervisor: Supervisor, name: string, bytes: number): Promise<string> {
  try {
    const path = findProcess(supervisor, name).logPaths.stdout;
    const piece = path === null ? null : await readTail(path, bytes);
    return piece ?? `No file for ${name}`;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const { code, text } = asFault(error);
    return `ERROR: unexpected rpc fault [${code}] ${text}`;
  }
}

async function readTail(path: string, bytes: number): Promise<string | null> {
  try {
    const piece = await readText(path, (size) => ({ start: Math.max(0, size - bytes), end: size }));
    return piece?.text ?? null;
  } catch {
    return null;
  }
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
