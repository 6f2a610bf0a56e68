// Turns a fault into a value, so that one refused call does not prevent the others.
import { FaultError } from '../../client/rpc-client.ts';

/** The fault; null on success. Rejects if the server cannot be reached. */
export async function faultOf(call: Promise<void>): Promise<FaultError | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof FaultError) return error;
    throw error;
  }
}
