// Access log lines in the common log format, which the original writes at level trace.

/** `peer` is `host:port`; `bytes` counts head and body. */
export function accessLogLine(peer: string, request: string, status: number, bytes: number): string {
  return `${peer} - - [${logTime(new Date())}] "${request}" ${status} ${bytes}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `21/Nov/2026:05:23:23 +0000`: as in the original, the time is UTC but the zone is the machine's. */
function logTime(date: Date): string {
  const [year, month, day] = [date.getUTCFullYear(), months[date.getUTCMonth()], pad(date.getUTCDate())];
  return `${day}/${month}/${year}:${date.toISOString().slice(11, 19)} ${zone(date.getTimezoneOffset())}`;
}

function zone(minutesWest: number): string {
  const minutes = Math.abs(minutesWest);
  return `${minutesWest > 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${pad(minutes % 60)}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
