// The error of a document that is not XML-RPC.

/** `message` is the word for the activity log; `detail` has the reason. */
export class XmlRpcError extends Error {
  override readonly name = 'XmlRpcError';

  constructor(
    override readonly message: 'unmarshallable' | 'no method name',
    readonly detail = '',
  ) {
    super(message);
  }
}
