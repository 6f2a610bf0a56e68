// A document that is not XML-RPC.

/** `message` is the word that the activity log uses; `detail` says more. */
export class XmlRpcError extends Error {
  override readonly name = 'XmlRpcError';

  constructor(
    override readonly message: 'unmarshallable' | 'no method name',
    readonly detail = '',
  ) {
    super(message);
  }
}
