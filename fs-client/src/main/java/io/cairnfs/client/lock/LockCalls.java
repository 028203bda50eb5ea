package io.cairnfs.client.lock;

import io.cairnfs.client.namespace.NamespaceException;
import io.cairnfs.protocol.head.LockAnswer;
import io.cairnfs.protocol.head.LockRequest;

/**
 * What the head does for the locks of one shared session. Both repeat a request whose answer does
 * not come, until the current {@link io.cairnfs.client.wait.Deadline} is over; it may have been
 * executed then.
 */
public interface LockCalls {

  LockAnswer lock(LockRequest request) throws NamespaceException, InterruptedException;

  LockAnswer cancelLock(long number) throws NamespaceException, InterruptedException;
}
