// The name by which we were invoked, for usage messages.
import { basename } from 'node:path';

/** The path of the link if it is named `applet`, else the executable followed by the applet's name. */
export function programName(applet: string): string {
  return basename(process.argv0) === applet ? process.argv0 : `${process.argv0} ${applet}`;
}
