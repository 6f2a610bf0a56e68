// Calls of which the refusal of one must not keep the others from being made.
import { FaultError } from '../../client/rpc-client.ts';

/** Why the server refused; null when it did not. Rejects when it could not be asked. */
export async function faultOf(call: Promise<void>): Promise<FaultError | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof FaultError) return error;
    throw error;
  }
}
