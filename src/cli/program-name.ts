// What the user called to get here, for usage messages.
import { basename } from 'node:path';

/** The path of the link when it is called `applet`, else the executable and the applet's name behind it. */
export function programName(applet: string): string {
  return basename(process.argv0) === applet ? process.argv0 : `${process.argv0} ${applet}`;
}
