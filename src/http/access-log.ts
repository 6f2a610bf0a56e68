// A line of the access log, in the common log format that the original writes at level trace.

/** `peer` is `host:port`; `bytes` counts header and body. */
export function accessLogLine(peer: string, request: string, status: number, bytes: number): string {
  return `${peer} - - [${logTime(new Date())}] "${request}" ${status} ${bytes}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `21/Nov/2026:05:23:23 +0000`: the time is UTC, the zone the machine's, as it has always been. */
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
